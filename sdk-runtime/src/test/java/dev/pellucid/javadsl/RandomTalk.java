package dev.pellucid.javadsl;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One side's part in a connection, all of it decided by a seed that the other side knows: how many
 * bytes it sends, in which portions and with which pauses, and whether it ends with a half-close or
 * a reset. The bytes are a random sequence too, so that the receiver can compare every one.
 *
 * @param seed decides everything
 * @param client whether this is the client's part
 */
record RandomTalk(long seed, boolean client) {
  private static final int SMALL = 2_000;
  private static final int LARGE = 400_000;
  private static final int PORTION = 60_000;
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

  private SplittableRandom decisions() {
    return new SplittableRandom(client ? seed : ~seed);
  }

  /** The byte at a position of what this side says. */
  private byte byteAt(int position) {
    long mixed = ((client ? seed : ~seed) + position + 1) * 0x9E3779B97F4A7C15L;
    return (byte) (mixed >>> 56);
  }

  private void fill(byte[] portion, int length, int position) {
    for (int i = 0; i < length; i++) {
      portion[i] = byteAt(position + i);
    }
  }

  /** How many bytes this side sends, if nothing stops it. */
  int length() {
    SplittableRandom decisions = decisions();
    return decisions.nextInt(10) == 0 ? decisions.nextInt(LARGE) : decisions.nextInt(SMALL);
  }

  /** Whether this side resets the connection after its last byte. */
  boolean resets() {
    return new SplittableRandom(decisions().nextLong()).nextInt(10) == 0;
  }

  /** Whether this side hears the other out before it says anything. */
  boolean listensFirst() {
    // Only one of the two may, or both wait for ever.
    return !client && new SplittableRandom(decisions().nextLong() + 1).nextInt(3) == 0;
  }

  /** Sends everything, then the end of the stream or a reset. */
  void speak(Socket socket) throws IOException {
    SplittableRandom pace = new SplittableRandom(seed);
    OutputStream out = socket.getOutputStream();
    byte[] portion = new byte[PORTION];
    int length = length();
    for (int said = 0; said < length; ) {
      int next = Math.min(length - said, 1 + pace.nextInt(PORTION));
      fill(portion, next, said);
      out.write(portion, 0, next);
      said += next;
      if (pace.nextInt(4) == 0) {
        LockSupport.parkNanos(pace.nextLong(LONGEST_PAUSE_NANOS));
      }
    }
    if (resets()) {
      Peers.reset(socket);
    } else {
      socket.shutdownOutput();
    }
  }

  /**
   * Receives what this side says, up to its end or a reset, and compares every byte.
   *
   * @return how much arrived
   */
  Heard hear(Socket socket) throws IOException {
    byte[] received = new byte[PORTION];
    byte[] expected = new byte[PORTION];
    int heard = 0;
    try {
      InputStream in = socket.getInputStream();
      for (int n = in.read(received); n >= 0; n = in.read(received)) {
        fill(expected, n, heard);
        if (!Arrays.equals(expected, 0, n, received, 0, n)) {
          throw new AssertionError(this + ": wrong bytes after " + heard);
        }
        heard += n;
      }
      return new Heard(heard, false);
    } catch (SocketException e) {
      return new Heard(heard, true);
    }
  }

  /**
   * What arrived.
   *
   * @param length how many bytes, all of them right
   * @param reset whether a reset ended them
   */
  record Heard(int length, boolean reset) {
    Heard orReset(boolean alsoReset) {
      return new Heard(length, reset || alsoReset);
    }
  }
}

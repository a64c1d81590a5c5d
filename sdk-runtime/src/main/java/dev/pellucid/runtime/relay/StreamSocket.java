package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket whose bytes go through a stream. The stream's thread may receive and send; all else
 * happens on the loop.
 */
public abstract class StreamSocket {
  private static final int NONE = -1;

  /** How long a peer may take to end its stream when nobody listens to it any more. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final EventLoop loop;
  private final Party peer;
  private final @Nullable Throttle receiving;
  private final @Nullable Throttle sending;
  private int fd = NONE;
  private @Nullable Stream stream;
  private @Nullable Cause stopped;
  private @Nullable Timer lingering;
  private Runnable onHalfClosed = () -> {};

  // Written by the stream's thread, read by the loop.
  private volatile long received;
  private volatile long lastActivity;

  /** The stream; called on the loop. */
  public interface Stream extends EventHandler {
    /** The socket is connected; its events follow. */
    void connected(InetSocketAddress local, InetSocketAddress remote);

    /** The socket could not be opened. */
    void failed(ConnectionException failure);

    /** The peer has had its time to end its stream. */
    void lingered();

    /** The proxy ends the connection. */
    void stop(Cause cause);
  }

  /**
   * A socket.
   *
   * @param received what limits the bytes that are received
   * @param sent what limits the bytes that are sent
   */
  StreamSocket(EventLoop loop, Party peer, List<Bandwidth> received, List<Bandwidth> sent) {
    this.loop = loop;
    this.peer = peer;
    this.receiving = Throttle.of(loop, received, () -> resume(Epoll.IN));
    this.sending = Throttle.of(loop, sent, () -> resume(Epoll.OUT));
    this.lastActivity = loop.now();
  }

  /** The loop that this socket belongs to. */
  public final EventLoop loop() {
    return loop;
  }

  /** Who is at the other end. */
  public final Party peer() {
    return peer;
  }

  /** Opens the socket and starts to deliver its events. Called once, on the loop. */
  public final void open(Stream stream) {
    this.stream = stream;
    begin(stream);
    if (stopped != null) {
      stream.stop(stopped);
    }
  }

  abstract void begin(Stream stream);

  /** The descriptor, for receiving and sending. */
  public final int descriptor() {
    return fd;
  }

  final void setDescriptor(int fd) {
    this.fd = fd;
  }

  /** What limits receiving, if anything does; the stream's thread asks it. */
  public final @Nullable Throttle receiving() {
    return receiving;
  }

  /** What limits sending, if anything does; the stream's thread asks it. */
  public final @Nullable Throttle sending() {
    return sending;
  }

  /** Whether bytes wait for a limit. */
  final boolean throttled() {
    return (receiving != null && receiving.paused()) || (sending != null && sending.paused());
  }

  /** A limit lets the stream go on. It is not idle until it has done so. */
  private void resume(int events) {
    active(loop.now());
    if (stream != null) {
      stream.onEvents(events);
    }
  }

  /** Something has moved. */
  public final void active(long now) {
    lastActivity = now;
  }

  /** Bytes were received; called by the stream's thread alone. */
  public final void countReceived(long bytes) {
    // Not atomic, and need not be: there is only one writer.
    long sum = received + bytes;
    received = sum;
  }

  /** How many bytes were received. */
  public final long received() {
    return received;
  }

  final long lastActivity() {
    return lastActivity;
  }

  /** Sends the end of the stream. Called on the loop. */
  public final void shutdownWrite() {
    loop.sockets().shutdownWrite(fd);
    onHalfClosed.run();
  }

  /**
   * Sends the end of the stream and gives the peer time to end its own. Called on the loop.
   *
   * <p>Bytes that come after the close would be answered with a reset, and that would take from the
   * peer what it has not read yet.
   */
  public final void linger() {
    loop.sockets().shutdownWrite(fd);
    Stream lingerer = stream;
    if (lingerer != null) {
      lingering = loop.schedule(LINGER_NANOS, lingerer::lingered);
    }
  }

  final void onHalfClosed(Runnable action) {
    onHalfClosed = action;
  }

  /** Has the stream end, at once or as soon as it has begun. Called on the loop. */
  final void stop(Cause cause) {
    stopped = cause;
    if (stream != null) {
      stream.stop(cause);
    }
  }

  /**
   * Closes the socket. Called once, on the loop, whether or not it was opened.
   *
   * @param reset whether the peer is to see a reset
   */
  public final void close(Termination termination, boolean reset) {
    stream = null;
    if (lingering != null) {
      loop.cancel(lingering);
    }
    if (receiving != null) {
      receiving.close();
    }
    if (sending != null) {
      sending.close();
    }
    closeDescriptor(reset);
    closed(termination);
  }

  final void closeDescriptor(boolean reset) {
    if (fd == NONE) {
      return;
    }
    loop.forget(fd);
    if (reset) {
      loop.sockets().reset(fd);
    } else {
      Descriptor.close(fd);
    }
    fd = NONE;
  }

  /** The socket is closed. */
  abstract void closed(Termination termination);
}

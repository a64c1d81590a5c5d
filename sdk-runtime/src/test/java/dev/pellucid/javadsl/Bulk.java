package dev.pellucid.javadsl;

import dev.pellucid.lab.LabHost;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Many random bytes, told apart by their hash. */
final class Bulk {
  private static final int CHUNK = 100_000;

  private Bulk() {}

  /** Sends so many and the end of the stream; gives their hash. */
  static CompletableFuture<byte[]> send(LabHost host, Socket socket, int size, long seed) {
    return host.submit(
        () -> {
          MessageDigest digest = MessageDigest.getInstance("SHA-256");
          Random random = new Random(seed);
          OutputStream out = socket.getOutputStream();
          for (int left = size; left > 0; ) {
            byte[] chunk = new byte[Math.min(left, 1 + random.nextInt(CHUNK))];
            random.nextBytes(chunk);
            digest.update(chunk);
            out.write(chunk);
            left -= chunk.length;
          }
          socket.shutdownOutput();
          return digest.digest();
        });
  }

  /** The hash of all that comes. */
  static CompletableFuture<byte[]> receive(LabHost host, Socket socket) {
    return host.submit(
        () -> {
          MessageDigest digest = MessageDigest.getInstance("SHA-256");
          InputStream in = socket.getInputStream();
          byte[] chunk = new byte[CHUNK];
          for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            digest.update(chunk, 0, n);
          }
          return digest.digest();
        });
  }
}

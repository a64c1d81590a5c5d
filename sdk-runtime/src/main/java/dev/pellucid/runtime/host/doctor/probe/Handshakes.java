package dev.pellucid.runtime.host.doctor.probe;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The TCP handshakes that are under way in the network namespace of the calling thread. */
final class Handshakes {
  /** A SYN has reached a listener. */
  private static final String SYN_RECEIVED = "03";

  private Handshakes() {}

  /**
   * Whether a SYN of a client has reached a listener, which waits for the handshake's end.
   *
   * @throws IOException if the kernel does not tell
   */
  static boolean begun(InetSocketAddress client) throws IOException {
    boolean four = client.getAddress().getAddress().length == 4;
    Path table = Path.of("/proc/thread-self/net", four ? "tcp" : "tcp6");
    String wanted = text(client);
    try (Stream<String> lines = Files.lines(table)) {
      return lines
          .map(line -> line.strip().split("\\s+", 5))
          .anyMatch(columns -> columns[3].equals(SYN_RECEIVED) && columns[2].equals(wanted));
    }
  }

  // Each word of the address is a number in the machine's own order.
  private static String text(InetSocketAddress address) {
    ByteBuffer words = ByteBuffer.wrap(address.getAddress().getAddress());
    StringBuilder text = new StringBuilder();
    while (words.hasRemaining()) {
      int word = words.order(ByteOrder.nativeOrder()).getInt();
      text.append("%08X".formatted(word));
    }
    return text.append(":%04X".formatted(address.getPort())).toString();
  }
}

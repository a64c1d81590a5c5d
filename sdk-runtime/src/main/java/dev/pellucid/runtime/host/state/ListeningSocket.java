package dev.pellucid.runtime.host.state;

import dev.pellucid.api.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A socket that takes what comes to an address.
 *
 * @param transport what it takes
 * @param address the address, which may be that of any interface
 */
public record ListeningSocket(Transport transport, InetSocketAddress address) {
  // /proc/net would be that of the process's first thread.
  private static final Path TABLES = Path.of("/proc/thread-self/net");

  // Number, local address:port in hexadecimal, remote address:port, state.
  private static final Pattern LINE =
      Pattern.compile("\\s*\\d+: (?<address>\\p{XDigit}+):(?<port>\\p{XDigit}{4}) .*");
  private static final Pattern TCP_LISTEN = Pattern.compile("\\s*\\d+: \\S+ \\S+ 0A .*");
  private static final Pattern UDP_UNCONNECTED = Pattern.compile("\\s*\\d+: \\S+ \\S+ 07 .*");

  /** Those in the calling thread's network namespace. Blocks. */
  static Set<ListeningSocket> read() throws IOException {
    Set<ListeningSocket> sockets = new HashSet<>();
    for (String version : new String[] {"", "6"}) {
      // All that listen come first. A proxy has many more connections, and the kernel looks for
      // them only as far as somebody reads on.
      sockets.addAll(
          read(
              "tcp" + version,
              Transport.TCP,
              lines -> lines.takeWhile(TCP_LISTEN.asMatchPredicate())));
      sockets.addAll(
          read(
              "udp" + version,
              Transport.UDP,
              lines -> lines.filter(UDP_UNCONNECTED.asMatchPredicate())));
    }
    return Set.copyOf(sockets);
  }

  private static Set<ListeningSocket> read(
      String table, Transport transport, UnaryOperator<Stream<String>> listening)
      throws IOException {
    Set<ListeningSocket> sockets = new HashSet<>();
    // Without IPv6 there is no table of it.
    if (Files.exists(TABLES.resolve(table))) {
      try (Stream<String> lines = Files.lines(TABLES.resolve(table))) {
        for (String line : (Iterable<String>) listening.apply(lines.skip(1))::iterator) {
          Matcher matcher = LINE.matcher(line);
          if (!matcher.matches()) {
            throw new IOException(TABLES.resolve(table) + " has the line " + line);
          }
          int port = Integer.parseInt(matcher.group("port"), 16);
          InetAddress address = address(matcher.group("address"));
          sockets.add(new ListeningSocket(transport, new InetSocketAddress(address, port)));
        }
      }
    }
    return sockets;
  }

  // The kernel prints the words of an address as numbers of the machine.
  private static InetAddress address(String text) throws IOException {
    ByteBuffer printed = ByteBuffer.wrap(HexFormat.of().parseHex(text));
    ByteBuffer address = ByteBuffer.allocate(printed.capacity()).order(ByteOrder.nativeOrder());
    while (printed.hasRemaining()) {
      address.putInt(printed.getInt());
    }
    return InetAddress.getByAddress(address.array());
  }
}

package dev.pellucid.plugin.dnsdiscovery;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real DNS server on a port of the loopback interface; it needs no privilege. */
final class Dnsmasq implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  final int port;
  private final Path hosts;
  private final Process process;
  private final BufferedReader log;

  /** Starts one that knows the addresses of a hosts file, and what the options say. */
  Dnsmasq(Path folder, String addresses, String... options) throws IOException {
    port = freePort();
    hosts = Files.writeString(folder.resolve("hosts"), addresses);
    List<String> command =
        new ArrayList<>(
            List.of(
                // It lives where the path of ordinary users does not lead.
                "/usr/bin/env",
                "PATH=/usr/local/sbin:/usr/sbin:/sbin:" + System.getenv("PATH"),
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--log-facility=-",
                "--local=/test/",
                "--addn-hosts=" + hosts,
                "--bind-interfaces",
                "--listen-address=" + LOOPBACK.getHostAddress(),
                "--port=" + port));
    command.addAll(List.of(options));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    log = process.inputReader();
    awaitRead();
  }

  /** Other addresses from now on. */
  void change(String addresses) throws Exception {
    Files.writeString(hosts, addresses);
    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    awaitRead();
  }

  private void awaitRead() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      said.append(line).append('\n');
      if (line.contains("read " + hosts)) {
        return;
      }
    }
    throw new IOException("dnsmasq has ended: " + said);
  }

  @Override
  public void close() {
    process.destroy();
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }
}

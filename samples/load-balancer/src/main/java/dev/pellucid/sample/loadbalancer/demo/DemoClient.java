package dev.pellucid.sample.loadbalancer.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pellucid.lab.LabHost;
import dev.pellucid.runtime.host.HostCommand;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The client: curl where there is one, or else a plain socket. Neither knows of a proxy.
 *
 * @param host the client's host
 * @param asked whom it asks
 * @param curl whether curl is there
 */
record DemoClient(LabHost host, InetSocketAddress asked, boolean curl) {
  private static final int PATIENCE_SECONDS = 5;

  static DemoClient on(LabHost host, InetSocketAddress asked) {
    return new DemoClient(host, asked, HostCommand.installed("curl"));
  }

  String tool() {
    return curl ? "curl" : "a socket";
  }

  /** Sends one request over a connection of its own and reads the answer. */
  DemoAnswer ask() throws Exception {
    String response = curl ? byCurl() : host.call(this::bySocket);
    // The last line is the peer's address.
    String believed = response.substring(response.lastIndexOf('\n') + 1);
    DemoServer.Statement statement = DemoServer.read(response);
    return new DemoAnswer(text(asked), believed, statement.server(), statement.client());
  }

  /** The command that asks as a user would. */
  String example() {
    return "curl http://" + text(asked) + "/";
  }

  // Neither a proxy in the environment nor a configuration file may get in between.
  private String byCurl() throws Exception {
    return host.exec(
        "curl",
        "--disable",
        "--silent",
        "--show-error",
        "--noproxy",
        "*",
        "--max-time",
        Integer.toString(PATIENCE_SECONDS),
        "--write-out",
        "%{remote_ip}:%{remote_port}",
        "http://" + text(asked) + "/");
  }

  private String bySocket() throws Exception {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_SECONDS * 1000);
      socket.connect(asked, PATIENCE_SECONDS * 1000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(US_ASCII));
      String response = new String(socket.getInputStream().readAllBytes(), UTF_8);
      return response + text((InetSocketAddress) socket.getRemoteSocketAddress());
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}

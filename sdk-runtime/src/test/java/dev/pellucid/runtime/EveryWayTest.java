package dev.pellucid.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.config.ConfigurationException;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.InterceptMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in, with every source, transport, version of IP and firewall tool: a configuration, the
 * rules that are made of it, and what both ends see. What is impossible is refused.
 */
@Lab
@Timeout(30)
class EveryWayTest {
  private static final int PORT = 80;
  private static final int LISTENER_PORT = 50080;
  private static final int SERVER_PORT = 8080;
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final String QUESTION = "who am I?";

  @TempDir Path folder;
  private final RecordingPlugins plugins = new RecordingPlugins();

  /** One combination. */
  record Way(Transport transport, int ip, FirewallTool tool, InterceptMode mode, String source) {
    boolean possible() {
      // A redirected datagram has lost its destination.
      return transport == Transport.TCP || mode != InterceptMode.REDIRECT;
    }

    /** Whom the client asks: where there is interception, an address that no host has. */
    InetSocketAddress asked(LabNetwork net) {
      return mode == InterceptMode.NONE
          ? at(net.proxy(), PORT)
          : new InetSocketAddress(ip == 4 ? "10.9.9.9" : "fd00:9::9", PORT);
    }

    InetSocketAddress upstream(LabNetwork net) {
      return at(net.server(0), SERVER_PORT);
    }

    private InetSocketAddress at(LabHost host, int port) {
      return ip == 4 ? host.at(port) : host.at6(port);
    }

    private String listener(LabNetwork net) {
      return switch (mode) {
        case TPROXY, REDIRECT -> (ip == 4 ? "0.0.0.0:" : "[::]:") + LISTENER_PORT;
        case FOREIGN, NONE -> text(asked(net));
      };
    }

    private String ports() {
      return switch (mode) {
        case TPROXY, REDIRECT -> ", ports = [" + PORT + "]";
        case FOREIGN, NONE -> "";
      };
    }

    String configuration(LabNetwork net) {
      return """
      transport = %s, address = "%s", intercept { mode = %s%s }
      upstream { pool = [{ address = "%s" }], balancer.type = first, source = %s }
      """
          .formatted(
              word(transport), listener(net), word(mode), ports(), text(upstream(net)), source);
    }

    @Override
    public String toString() {
      return "%s over IPv%d, %s by %s, source %s"
          .formatted(word(transport), ip, word(mode), tool.command(), source);
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static Stream<Way> all() {
    return Stream.of(Transport.values())
        .flatMap(
            transport ->
                Stream.of(4, 6)
                    .flatMap(
                        ip ->
                            Stream.of(FirewallTool.values())
                                .flatMap(tool -> ways(transport, ip, tool))));
  }

  private static Stream<Way> ways(Transport transport, int ip, FirewallTool tool) {
    return Stream.of(InterceptMode.values())
        .flatMap(
            mode ->
                Stream.of("proxy", "client-ip", "client-ip-port")
                    .map(source -> new Way(transport, ip, tool, mode, source)));
  }

  static Stream<Way> possible() {
    return all().filter(Way::possible);
  }

  static Stream<Way> impossible() {
    return all().filter(way -> !way.possible());
  }

  /** What the server saw, and who answered the client. */
  private record Seen(
      InetSocketAddress client, InetSocketAddress byServer, SocketAddress answerer) {}

  @ParameterizedTest(name = "{0}")
  @MethodSource("possible")
  void neitherEndSeesAnythingElse(Way way, LabNetwork net) throws Exception {
    ProxyServer server =
        LabProxy.start(net, way.tool, LabProxy.config(folder, way.configuration(net)), plugins);
    Seen seen = way.transport == Transport.TCP ? byTcp(way, net) : byUdp(way, net);
    assertEquals(way.asked(net), seen.answerer);
    switch (way.source) {
      case "proxy" ->
          assertEquals(
              way.ip == 4 ? "10.2.0.1" : "fd00:2:0:0:0:0:0:1",
              seen.byServer.getAddress().getHostAddress());
      case "client-ip" -> assertEquals(seen.client.getAddress(), seen.byServer.getAddress());
      default -> assertEquals(seen.client, seen.byServer);
    }
    assertEquals(1, server.listeners().get(0).bindings().get(0).accepted());
  }

  private static Seen byTcp(Way way, LabNetwork net) throws Exception {
    InetSocketAddress at = way.upstream(net);
    ServerSocket listener =
        net.closeAtEnd(
            net.server(0).call(() -> new ServerSocket(at.getPort(), 1, at.getAddress())));
    CompletableFuture<InetSocketAddress> byServer =
        net.server(0)
            .submit(
                () -> {
                  try (Socket socket = listener.accept()) {
                    socket.getOutputStream().write(socket.getInputStream().readNBytes(9));
                    return (InetSocketAddress) socket.getRemoteSocketAddress();
                  }
                });
    try (Socket client = net.client().call(() -> connect(way.asked(net)))) {
      client.getOutputStream().write(QUESTION.getBytes(UTF_8));
      assertEquals(QUESTION, new String(client.getInputStream().readNBytes(9), UTF_8));
      return new Seen(
          (InetSocketAddress) client.getLocalSocketAddress(),
          byServer.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS),
          client.getRemoteSocketAddress());
    }
  }

  private static Socket connect(InetSocketAddress asked) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.connect(asked, TIMEOUT_MILLIS);
    return socket;
  }

  private static Seen byUdp(Way way, LabNetwork net) throws Exception {
    DatagramSocket server =
        net.closeAtEnd(net.server(0).call(() -> new DatagramSocket(way.upstream(net))));
    server.setSoTimeout(TIMEOUT_MILLIS);
    try (DatagramSocket client = net.client().call(() -> new DatagramSocket())) {
      client.setSoTimeout(TIMEOUT_MILLIS);
      byte[] question = QUESTION.getBytes(UTF_8);
      client.send(new DatagramPacket(question, question.length, way.asked(net)));
      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      server.receive(packet);
      server.send(packet);
      SocketAddress byServer = packet.getSocketAddress();
      client.receive(packet);
      assertEquals(QUESTION, new String(packet.getData(), 0, packet.getLength(), UTF_8));
      LabHost host = net.client();
      return new Seen(
          new InetSocketAddress(
              way.ip == 4 ? host.address() : host.address6(), client.getLocalPort()),
          (InetSocketAddress) byServer,
          packet.getSocketAddress());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("impossible")
  void whatIsImpossibleIsRefused(Way way, LabNetwork net) {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> LabProxy.config(folder, way.configuration(net)));
    assertTrue(
        refused.getMessage().contains("intercept.mode: redirect is for TCP"), refused::getMessage);
  }
}

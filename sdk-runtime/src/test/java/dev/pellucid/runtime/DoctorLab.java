package dev.pellucid.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;

/**
 * A proxy in the lab that works, to be broken in one way, examined and cured. The server answers
 * each client with the address it sees, on {@link #PORT} by TCP and UDP.
 */
final class DoctorLab {
  /** What clients ask for, by TCP and UDP. */
  static final int PORT = 80;

  /** TCP and UDP of both families, intercepted on their way to the server. */
  static final String ALL =
      """
      tcp4 { address = "0.0.0.0:50080", intercept { ports = [80], interfaces = [client0] } }
      tcp6 { address = "[::]:50080", intercept { ports = [80], interfaces = [client0] } }
      udp4 { transport = udp, address = "0.0.0.0:50080"
             intercept { ports = [80], interfaces = [client0] } }
      udp6 { transport = udp, address = "[::]:50080"
             intercept { ports = [80], interfaces = [client0] } }
      """;

  private static final int PATIENCE_MILLIS = 10_000;

  // How long it takes to believe that nothing comes.
  private static final int IMPATIENCE_MILLIS = 700;
  private static final int START_SECONDS = 60;

  private final LabNetwork net;
  private final Path folder;
  private final FirewallBackEnd backEnd;
  private final HostRequirements wanted;
  private final ProxyServer server;

  private DoctorLab(
      LabNetwork net,
      Path folder,
      FirewallBackEnd backEnd,
      HostRequirements wanted,
      ProxyServer server) {
    this.net = net;
    this.folder = folder;
    this.backEnd = backEnd;
    this.wanted = wanted;
    this.server = server;
  }

  /** Applies the rules of {@link #ALL} and starts its proxy. */
  static DoctorLab start(LabNetwork net, Path folder, FirewallBackEnd backEnd) throws Exception {
    return start(net, folder, backEnd, ALL);
  }

  /**
   * Applies the rules of some listeners and starts their proxy. Unless they say otherwise, they go
   * where the client wanted to go.
   */
  static DoctorLab start(LabNetwork net, Path folder, FirewallBackEnd backEnd, String listeners)
      throws Exception {
    DoctorLab lab = configured(net, folder, backEnd, listeners);
    lab.startServers();
    return lab;
  }

  private static DoctorLab configured(
      LabNetwork net, Path folder, FirewallBackEnd backEnd, String listeners) throws Exception {
    ProxyConfig config = config(folder, listeners);
    net.apply(backEnd, HostRules.of(config));
    HostRequirements wanted = HostRules.requirements(config, applyCommand(folder, backEnd, config));
    ProxyServer server = net.proxy().call(() -> startProxy(net, config));
    return new DoctorLab(net, folder, backEnd, wanted, server);
  }

  /** The same lab with other listeners. */
  DoctorLab reconfigured(String listeners) throws Exception {
    stopProxy();
    return configured(net, folder, backEnd, listeners);
  }

  /** Ends the proxy and its connections. */
  void stopProxy() throws Exception {
    server.abortConnections();
    server.stop().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
  }

  private static ProxyConfig config(Path folder, String listeners) throws IOException {
    String text = "pellucid.listeners {\n" + listeners + "\n}\n";
    Config given = ConfigFactory.parseString(text).getConfig("pellucid.listeners");
    String defaults =
        given.root().keySet().stream()
            .sorted()
            .map(name -> defaults(name, given.getString(name + ".address").startsWith("[")))
            .collect(joining());
    return ProxyConfig.load(Files.writeString(folder.resolve("proxy.conf"), defaults + text));
  }

  /** Who has only one family, and does not say more, means only that one. */
  private static String defaults(String name, boolean six) {
    return """
        pellucid.listeners.%s {
          max-connections = 1000, access-log { type = list }
          intercept.sources = ["%s"], upstream { route = original-destination }
        }
        """
        .formatted(name, six ? "::/0" : "0.0.0.0/0");
  }

  /** What {@code pellucid rules apply} does, as a script: here is no command line yet. */
  private static String applyCommand(Path folder, FirewallBackEnd backEnd, ProxyConfig config)
      throws IOException {
    Path script = folder.resolve("apply.sh");
    Files.writeString(script, HostRules.of(config).applying(backEnd.tool()).text());
    return "sh -eu " + script;
  }

  private static ProxyServer startProxy(LabNetwork net, ProxyConfig config) throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "proxy",
            ConfigFactory.parseString("pellucid.event-loops = 1")
                .withFallback(ConfigFactory.load()));
    net.closeAtEnd(() -> TestKit.shutdownActorSystem(system));
    return ProxyServer.start(system, config, new RecordingPlugins().catalog())
        .toCompletableFuture()
        .get(START_SECONDS, TimeUnit.SECONDS);
  }

  private void startServers() throws Exception {
    LabHost host = net.server(0);
    ServerSocket tcp = net.closeAtEnd(host.call(() -> new ServerSocket(PORT)));
    DatagramSocket udp = net.closeAtEnd(host.call(() -> new DatagramSocket(PORT)));
    answer(host, tcp);
    var unused = host.submit(() -> answerDatagrams(udp));
  }

  /** Has a host answer each connection with the address that it sees. */
  static void answer(LabHost host, ServerSocket listening) {
    var unused = host.submit(() -> answerConnections(listening));
  }

  private static Void answerConnections(ServerSocket listening) throws IOException {
    while (!listening.isClosed()) {
      try (Socket socket = listening.accept()) {
        socket.getOutputStream().write(socket.getInetAddress().getHostAddress().getBytes(UTF_8));
      } catch (SocketException e) {
        // A reset, or the lab's end.
      }
    }
    return null;
  }

  private static Void answerDatagrams(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    while (!socket.isClosed()) {
      try {
        packet.setLength(100);
        socket.receive(packet);
        packet.setData(packet.getAddress().getHostAddress().getBytes(UTF_8));
        socket.send(packet);
      } catch (SocketException e) {
        // ICMP told that the client has gone, or the lab's end.
      } finally {
        packet.setData(new byte[100]);
      }
    }
    return null;
  }

  /** The proxy that runs. */
  ProxyServer server() {
    return server;
  }

  /** What it asks of its host. */
  HostRequirements wanted() {
    return wanted;
  }

  /** Runs shell commands as root on the proxy's host, with the back end's iptables. */
  void onProxy(String script) throws Exception {
    net.proxy()
        .run(
            () -> {
              ProcessBuilder builder = HostCommand.builder("sh", "-euc", script);
              builder.environment().putAll(backEnd.environment());
              HostCommand.finish(builder.start(), List.of(script));
            });
  }

  /** The client's traffic to the server passes the proxy, and neither side can tell. */
  void assertFlows(Transport transport, boolean six) throws Exception {
    long before = accepted();
    assertEquals(
        Optional.of(clientAddress(six).getHostAddress()),
        ask(transport, server(six), PATIENCE_MILLIS),
        "the server sees the client");
    assertNotEquals(before, accepted(), "the proxy has seen it");
  }

  /** All traffic of {@link #ALL} flows. */
  void assertAllFlows() throws Exception {
    for (Transport transport : Transport.values()) {
      assertFlows(transport, false);
      assertFlows(transport, true);
    }
  }

  /** No traffic passes the proxy transparently: no answer, or not by the proxy, or not unseen. */
  void assertDoesNotFlow(Transport transport, boolean six) throws Exception {
    long before = accepted();
    Optional<String> seen = ask(transport, server(six), IMPATIENCE_MILLIS);
    if (seen.isPresent() && accepted() != before) {
      assertNotEquals(clientAddress(six).getHostAddress(), seen.get(), "traffic flows");
    }
  }

  private long accepted() {
    return server.listeners().stream()
        .mapToLong(listener -> listener.bindings().get(0).accepted())
        .sum();
  }

  private InetAddress clientAddress(boolean six) {
    return six ? net.client().address6() : net.client().address();
  }

  private InetSocketAddress server(boolean six) {
    return six ? net.server(0).at6(PORT) : net.server(0).at(PORT);
  }

  /** What the server answers to the client, if it does. */
  Optional<String> ask(Transport transport, InetSocketAddress asked, int millis) throws Exception {
    return ask(net.client(), transport, asked, millis);
  }

  /** What the server answers to a host, if it does. */
  static Optional<String> ask(
      LabHost from, Transport transport, InetSocketAddress asked, int millis) throws Exception {
    return from.call(
        () -> {
          try {
            return switch (transport) {
              case TCP -> Optional.of(askTcp(asked, millis)).filter(seen -> !seen.isEmpty());
              case UDP -> Optional.of(askUdp(asked, millis));
            };
          } catch (SocketTimeoutException | SocketException e) {
            return Optional.empty();
          }
        });
  }

  private static String askTcp(InetSocketAddress asked, int millis) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(asked, millis);
      socket.setSoTimeout(millis);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String askUdp(InetSocketAddress asked, int millis) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(asked);
      socket.setSoTimeout(millis);
      socket.send(new DatagramPacket(new byte[1], 1));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }
  }

  /** Examines the proxy's host. */
  List<Finding> examine(Depth depth) throws Exception {
    return net.proxy().call(() -> Doctor.examine(wanted, depth));
  }

  /**
   * Examines the proxy's host in a process of its own.
   *
   * @param prefix the command that starts it, to which its own command is added
   */
  List<Finding> examineIn(Depth depth, String... prefix) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(DoctorProcess.class.getName());
    command.addAll(List.of(folder.resolve("proxy.conf").toString(), depth.name()));
    return DoctorProcess.findings(execute(command));
  }

  /** Runs a command on the proxy's host, with the back end's iptables. */
  String execute(List<String> command) throws Exception {
    ProcessBuilder builder = HostCommand.builder(command.toArray(String[]::new));
    builder.environment().putAll(backEnd.environment());
    return HostCommand.finish(net.proxy().start(builder), command);
  }

  /** The doctor finds nothing. */
  void assertClean(Depth depth) throws Exception {
    assertEquals(List.of(), examine(depth));
  }

  /** The doctor finds this and nothing else. */
  Finding assertOnly(FindingType type, Depth depth) throws Exception {
    List<Finding> findings = examine(depth);
    assertEquals(List.of(type), findings.stream().map(Finding::type).toList(), findings::toString);
    return findings.get(0);
  }

  /** Runs shell commands as root on the server's host. */
  void onServer(String script) throws Exception {
    net.server(0).exec("sh", "-euc", script);
  }

  /** Runs a cure that belongs there on the server; the doctor finds nothing afterwards. */
  void cureOnServer(Finding finding, Depth depth) throws Exception {
    onServer(finding.cure());
    assertClean(depth);
  }

  /** Runs a cure as it is printed; the doctor finds nothing afterwards. */
  void cure(Finding finding, Depth depth) throws Exception {
    onProxy(finding.cure());
    assertClean(depth);
  }
}

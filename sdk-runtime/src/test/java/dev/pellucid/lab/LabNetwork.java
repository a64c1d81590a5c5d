package dev.pellucid.lab;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Divert;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.linux.NativeMemory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/**
 * A client, a proxy that routes, and servers:
 *
 * <pre>
 *   client ──────────── proxy ──────────── server0, server1, …
 *   10.1.0.2   10.1.0.1 ┃ ┃ 10.2.0.1        10.2.0.2, 10.2.0.3, …
 *   fd00:1::2 fd00:1::1 ┛ ┗ fd00:2::1       fd00:2::2, fd00:2::3, …
 * </pre>
 *
 * <p>Without rules, the proxy only routes: the client reaches the servers directly. Any number of
 * networks can be open at a time. Closing one ends all that was started in it; if the JVM dies
 * first, so does the network.
 */
public final class LabNetwork implements AutoCloseable {
  /** The proxy's interface on the client's side. */
  public static final String CLIENT_INTERFACE = Topology.CLIENT_INTERFACE;

  private static final Set<Divert> ALL_TRAFFIC =
      Arrays.stream(IpFamily.values())
          .flatMap(family -> Arrays.stream(Transport.values()).map(t -> new Divert(family, t)))
          .collect(toUnmodifiableSet());

  private static final int MAX_SERVERS = 250;

  private final List<LabHost> hosts = new ArrayList<>();
  private final Deque<AutoCloseable> resources = new ConcurrentLinkedDeque<>();
  private boolean closed;

  private LabNetwork() {}

  /**
   * Builds a network, within a fraction of a second.
   *
   * @param servers how many servers, 1 to 250
   * @throws LabUnavailableException if this process may not make network namespaces
   */
  public static LabNetwork open(int servers) throws IOException, InterruptedException {
    if (servers < 1 || servers > MAX_SERVERS) {
      throw new IllegalArgumentException(servers + " servers: only 1 to " + MAX_SERVERS + " fit");
    }
    // The first native memory starts a thread that never ends: let it be born outside.
    NativeMemory.allocate(1);
    LabNetwork network = new LabNetwork();
    try {
      network.build(servers);
      return network;
    } catch (IOException | InterruptedException | RuntimeException e) {
      network.release();
      throw e;
    }
  }

  private void build(int servers) throws IOException, InterruptedException {
    hosts.add(new LabHost("client", Topology.CLIENT, Topology.CLIENT_6));
    hosts.add(new LabHost("proxy", Topology.PROXY, Topology.PROXY_6));
    for (int i = 0; i < servers; i++) {
      hosts.add(new LabHost("server" + i, Topology.server(i), Topology.server6(i)));
    }
    Topology.build(client(), proxy(), servers());
    client().namespace().onKeeper(this::requireIpv6);
  }

  // A JVM looks for IPv6 once, when it starts, and finds none where loopback is still down.
  private boolean requireIpv6() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, client().address6())) {
      return socket.isBound();
    } catch (SocketException e) {
      throw new LabUnavailableException("this JVM has no IPv6", e);
    }
  }

  /** The host that asks. */
  public LabHost client() {
    return hosts.get(0);
  }

  /** The host between the two others, where the proxy under test belongs. */
  public LabHost proxy() {
    return hosts.get(1);
  }

  /** One of the hosts that answer, from 0 on. */
  public LabHost server(int index) {
    return servers().get(index);
  }

  /** The hosts that answer. */
  public List<LabHost> servers() {
    return hosts.subList(2, hosts.size());
  }

  /** The client, the proxy and the servers. */
  public List<LabHost> hosts() {
    return List.copyOf(hosts);
  }

  /**
   * Has the proxy's kernel hand TCP connections that the client makes to a port, at any address, to
   * a transparent listener: IPv4 ones to {@code 0.0.0.0:listenerPort}, IPv6 ones to {@code
   * [::]:listenerPort}.
   */
  public void intercept(FirewallTool tool, int port, int listenerPort) throws Exception {
    apply(
        tool,
        Rules.of(
            Stream.of("0.0.0.0", "::")
                .map(any -> new InetSocketAddress(any, listenerPort))
                .map(listener -> Intercept.tcp("lab", listener, List.of(PortRange.of(port))))
                .map(intercept -> intercept.withInterfaces(List.of(CLIENT_INTERFACE)))
                .toList()));
  }

  /**
   * Has the proxy's kernel redirect TCP connections that the client makes to a port, at any
   * address, to an ordinary listener at {@code 0.0.0.0:listenerPort} or {@code [::]:listenerPort}.
   */
  public void redirect(FirewallTool tool, int port, int listenerPort) throws Exception {
    apply(
        tool,
        Rules.of(
            Stream.of("0.0.0.0", "::")
                .map(any -> new InetSocketAddress(any, listenerPort))
                .map(listener -> Intercept.redirect("lab", listener, List.of(PortRange.of(port))))
                .map(intercept -> intercept.withInterfaces(List.of(CLIENT_INTERFACE)))
                .toList()));
  }

  /**
   * Has the proxy's kernel deliver to transparent sockets what is theirs, and intercept nothing:
   * what a proxy needs whose clients address it, and whose servers see the clients.
   */
  public void divert(FirewallTool tool) throws Exception {
    apply(tool, Rules.of(List.of()).withDiverts(ALL_TRAFFIC));
  }

  /** Applies rules on the proxy, in place of those that were there. */
  public void apply(FirewallTool tool, Rules rules) throws Exception {
    proxy().run(() -> rules.applying(tool).run(iptablesLock()));
  }

  /** Applies rules on the proxy, in place of those that this back end held. */
  public void apply(FirewallBackEnd backEnd, Rules rules) throws Exception {
    proxy().run(() -> rules.applying(backEnd.tool()).run(backEnd.environment()));
  }

  /** Removes the rules from the proxy, whichever tool applied them. */
  public void remove() throws Exception {
    proxy().run(() -> Rules.of(List.of()).removing().run(iptablesLock()));
  }

  // The legacy iptables locks a file in /run, which is not ours to write without root.
  private static Map<String, String> iptablesLock() {
    return Files.isWritable(Path.of("/run"))
        ? Map.of()
        : Map.of("XTABLES_LOCKFILE", System.getProperty("java.io.tmpdir") + "/pellucid-lab.lock");
  }

  /**
   * Closes something when the network is closed, before all else and in the reverse order of these
   * calls. Closing a socket is what ends a task that blocks on it.
   *
   * @return the same thing
   */
  public <C extends AutoCloseable> C closeAtEnd(C resource) {
    resources.push(resource);
    return resource;
  }

  /** How to look into each host while the network is open, one line each. */
  public String enterCommands() throws IOException {
    StringBuilder text = new StringBuilder();
    for (LabHost host : hosts) {
      text.append("  %-8s  %s%n".formatted(host.name(), host.enterCommand()));
    }
    return text.toString();
  }

  /**
   * Ends the tasks and processes and takes the network away. Waits some seconds where something
   * does not end at once. Closing again does nothing.
   *
   * @throws LabLeakException if something does not end at all
   */
  @Override
  public synchronized void close() throws IOException, InterruptedException {
    if (closed) {
      return;
    }
    closed = true;
    List<String> leaks = new ArrayList<>(closeResources());
    try {
      for (LabHost host : hosts) {
        leaks.addAll(host.stop());
      }
      Topology.dismantle(proxy(), servers().size());
      leaks.addAll(Stragglers.await(hosts));
    } finally {
      release();
    }
    if (!leaks.isEmpty()) {
      throw new LabLeakException(leaks);
    }
  }

  private List<String> closeResources() {
    List<String> failures = new ArrayList<>();
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        failures.add(resource + ", whose close failed with " + e);
      }
    }
    return failures;
  }

  private void release() throws InterruptedException {
    for (LabHost host : hosts) {
      host.namespace().release();
    }
  }
}

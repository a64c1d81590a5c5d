package dev.pellucid.lab;

import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.net.NetworkInterface;
import java.util.List;

/**
 * The lab's cables and routes. The proxy has the interface {@code client0} towards the client and
 * {@code server0}, {@code server1}, … towards the servers; the others have {@code eth0} towards the
 * proxy and send everything there. Each server hangs on a cable of its own, with the proxy's one
 * address at its other end, so that servers, too, reach each other only through the proxy.
 */
final class Topology {
  static final String CLIENT_INTERFACE = "client0";
  static final String CLIENT = "10.1.0.2";
  static final String CLIENT_6 = "fd00:1::2";
  static final String PROXY = "10.1.0.1";
  static final String PROXY_6 = "fd00:1::1";

  private static final String GATEWAY = "10.2.0.1";
  private static final String GATEWAY_6 = "fd00:2::1";

  // Higher than what the kernel gives the first interfaces of a namespace.
  private static final int FIRST_INDEX = 100;

  private Topology() {}

  static String server(int index) {
    return "10.2.0." + (index + 2);
  }

  static String server6(int index) {
    return "fd00:2::" + Integer.toHexString(index + 2);
  }

  static void build(LabHost client, LabHost proxy, List<LabHost> servers)
      throws IOException, InterruptedException {
    tune(client);
    tune(proxy);
    proxy.sysctl("net.ipv4.ip_forward", 1);
    proxy.sysctl("net.ipv6.conf.all.forwarding", 1);
    cable(proxy, CLIENT_INTERFACE, FIRST_INDEX, client);
    address(proxy, CLIENT_INTERFACE, PROXY + "/24", PROXY_6 + "/64");
    address(client, "eth0", CLIENT + "/24", CLIENT_6 + "/64");
    routes(client, PROXY, PROXY_6);
    for (int i = 0; i < servers.size(); i++) {
      attach(proxy, servers.get(i), i);
    }
  }

  private static void attach(LabHost proxy, LabHost server, int index)
      throws IOException, InterruptedException {
    String cable = "server" + index;
    String address = server(index);
    String address6 = server6(index);
    tune(server);
    cable(proxy, cable, FIRST_INDEX + 1 + index, server);
    address(proxy, cable, GATEWAY + "/32", GATEWAY_6 + "/128");
    address(server, "eth0", address + "/32", address6 + "/128");
    neighbour(proxy, cable, address, address6);
    neighbour(server, "eth0", GATEWAY, GATEWAY_6);
    routes(server, GATEWAY, GATEWAY_6);
  }

  private static void neighbour(LabHost host, String device, String address, String address6)
      throws IOException, InterruptedException {
    String to = " dev " + device;
    ip(host, "route add " + address + "/32" + to, "route add " + address6 + "/128" + to);
  }

  // With lo down, foreign addresses bind without IP_TRANSPARENT and local routes do nothing.
  // Without tcp_tw_reuse, a client that closes first runs out of ports at 470 connections a second.
  // IPv6 would spend its first second making sure that addresses are unique.
  private static void tune(LabHost host) throws IOException, InterruptedException {
    host.sysctl("net.ipv4.tcp_tw_reuse", 1);
    host.sysctl("net.ipv6.conf.default.accept_dad", 0);
    ip(host, "link set lo up");
  }

  // The kernel reports a cable's carrier at once only if its ends have different indices; otherwise
  // it may take a second, in which IPv6 finds no route.
  private static void cable(LabHost proxy, String name, int index, LabHost other)
      throws IOException, InterruptedException {
    String peer = "peer name eth0 netns " + other.namespace().keeperId();
    ip(proxy, "link add " + name + " index " + index + " type veth " + peer);
  }

  // Without nodad, a kernel thread declares the IPv6 address usable, possibly after the first bind.
  private static void address(LabHost host, String device, String address, String address6)
      throws IOException, InterruptedException {
    ip(
        host,
        "addr add " + address + " dev " + device,
        "addr add " + address6 + " dev " + device + " nodad",
        "link set " + device + " up");
  }

  private static void routes(LabHost host, String gateway, String gateway6)
      throws IOException, InterruptedException {
    ip(host, "route add default via " + gateway, "route add default via " + gateway6);
  }

  private static void ip(LabHost host, String... commands)
      throws IOException, InterruptedException {
    for (String command : commands) {
      host.namespace().onKeeper(() -> HostCommand.run(("ip " + command).split(" ", -1)));
    }
  }

  /** Takes the cables away. A namespace may outlive the lab for a minute; it is empty then. */
  static void dismantle(LabHost proxy, int servers) throws IOException, InterruptedException {
    cut(proxy, CLIENT_INTERFACE);
    for (int i = 0; i < servers; i++) {
      cut(proxy, "server" + i);
    }
  }

  // A test may have cut it already.
  private static void cut(LabHost proxy, String cable) throws IOException, InterruptedException {
    if (proxy.namespace().onKeeper(() -> NetworkInterface.getByName(cable)) != null) {
      ip(proxy, "link delete " + cable);
    }
  }
}

package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.ListeningSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;

/**
 * Whether TPROXY finds a listener where it hands packets over: one of the proxy's, which is there
 * or not as the question has it, or one of anybody else's that listens now.
 *
 * @param interfaces where packets arrive
 * @param intercepts those of the proxy
 * @param others the sockets that listen, the proxy's aside
 */
record HandOver(Interfaces interfaces, List<Intercept> intercepts, List<ListeningSocket> others) {

  /** Of all sockets that listen. What listens on a port of the proxy's is taken for the proxy. */
  static HandOver of(
      Interfaces interfaces, List<Intercept> intercepts, Collection<ListeningSocket> listening) {
    List<ListeningSocket> others =
        listening.stream()
            .filter(socket -> intercepts.stream().noneMatch(own -> samePort(own, socket)))
            .toList();
    return new HandOver(interfaces, intercepts, others);
  }

  private static boolean samePort(Intercept intercept, ListeningSocket socket) {
    return intercept.transport() == socket.transport()
        && intercept.listener().getPort() == socket.address().getPort();
  }

  /** Whether one takes a packet. */
  boolean finds(Packet packet, Fate.Listener at, boolean running) {
    return (running
            && intercepts.stream()
                .filter(intercept -> carries(intercept.transport(), packet))
                .anyMatch(intercept -> takes(intercept.listener(), packet, at)))
        || others.stream()
            .filter(socket -> carries(socket.transport(), packet))
            .anyMatch(socket -> takes(socket.address(), packet, at));
  }

  private static boolean carries(Transport transport, Packet packet) {
    return transport.name().equals(packet.protocol().name());
  }

  // A socket of IPv6 bound to any address may take IPv4 too: that is not to be seen.
  private boolean takes(InetSocketAddress socket, Packet packet, Fate.Listener at) {
    boolean six = IpFamily.of(packet.destination()) == IpFamily.IPV6;
    boolean family =
        IpFamily.of(socket.getAddress()) == IpFamily.of(packet.destination())
            || (!six && socket.getAddress().isAnyLocalAddress());
    return family && reaches(interfaces, socket, packet, at);
  }

  /** Whether a rule's listener is the one at an address. */
  static boolean reaches(
      Interfaces interfaces, InetSocketAddress listener, Packet packet, Fate.Listener at) {
    int port = at.port() == 0 ? packet.destinationPort() : at.port();
    InetAddress address = listener.getAddress();
    return port == listener.getPort()
        && (address.isAnyLocalAddress()
            || at.address().map(address::equals).orElse(prefers(interfaces, packet, address)));
  }

  // Without an address, the kernel looks for a listener at one of the interface's.
  private static boolean prefers(Interfaces interfaces, Packet packet, InetAddress address) {
    return interfaces
        .named(packet.inInterface())
        .flatMap(in -> in.preferred(IpFamily.of(address)))
        .filter(address::equals)
        .isPresent();
  }
}

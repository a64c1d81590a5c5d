package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.ruleset.Packet;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How findings name packets and addresses. */
final class Words {
  private Words() {}

  /** A packet as the traffic that it stands for. */
  static String traffic(Packet packet) {
    String arrival = packet.inInterface().isEmpty() ? "" : ", arriving on " + packet.inInterface();
    return "what %s sends to port %d of %s by %s%s"
        .formatted(
            packet.source().getHostAddress(),
            packet.destinationPort(),
            packet.destination().getHostAddress(),
            packet.protocol(),
            arrival);
  }

  /** A family and a protocol. */
  static String family(IpFamily family) {
    return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
  }

  /** An address and a port. */
  static String endpoint(InetSocketAddress endpoint) {
    InetAddress address = endpoint.getAddress();
    return (address instanceof Inet6Address
            ? "[" + address.getHostAddress() + "]"
            : address.getHostAddress())
        + ":"
        + endpoint.getPort();
  }
}

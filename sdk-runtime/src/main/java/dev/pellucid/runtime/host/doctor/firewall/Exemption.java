package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import java.net.InetAddress;
import java.util.Locale;

/**
 * Traffic that a foreign rule should let alone: an accept ahead of it, which ends its chain only.
 *
 * @param nft how nft matches it
 * @param iptables how iptables does
 */
record Exemption(String nft, String iptables) {

  /** What carries a mark and arrives on an interface. */
  static Exemption ofMark(String in, int mark) {
    return new Exemption(
        "iifname \"%s\" meta mark 0x%x".formatted(in, mark),
        "-i %s -m mark --mark 0x%x".formatted(in, mark));
  }

  /** What carries a mark. */
  static Exemption ofMark(int mark) {
    return new Exemption("meta mark 0x%x".formatted(mark), "-m mark --mark 0x%x".formatted(mark));
  }

  /** What arrives on an interface for a port. */
  static Exemption ofPort(String in, Packet packet) {
    return new Exemption(
        "iifname \"%s\" %s".formatted(in, nftPort(packet)),
        "-i %s %s".formatted(in, iptablesPort(packet)));
  }

  /** What goes to an address and a port. */
  static Exemption ofDestination(Packet packet) {
    InetAddress to = packet.destination();
    String header = IpFamily.of(to) == IpFamily.IPV4 ? "ip" : "ip6";
    return new Exemption(
        "%s daddr %s %s".formatted(header, to.getHostAddress(), nftPort(packet)),
        "-d %s %s".formatted(to.getHostAddress(), iptablesPort(packet)));
  }

  /** What leaves by an interface for some ports, wherever it goes. */
  static Exemption ofPortsLeavingBy(String out, Packet packet, PortRange ports) {
    return new Exemption(
        "oifname \"%s\" %s dport %s".formatted(out, protocol(packet), ports),
        "-o %s -p %s --dport %s"
            .formatted(out, protocol(packet), ports.toString().replace('-', ':')));
  }

  /** What leaves by an interface from some ports, wherever it comes from. */
  static Exemption ofSourcePortsLeavingBy(String out, Packet packet, PortRange ports) {
    return new Exemption(
        "oifname \"%s\" %s sport %s".formatted(out, protocol(packet), ports),
        "-o %s -p %s --sport %s"
            .formatted(out, protocol(packet), ports.toString().replace('-', ':')));
  }

  /** What comes from an address and a port. */
  static Exemption ofSource(Packet packet) {
    InetAddress from = packet.source();
    String header = IpFamily.of(from) == IpFamily.IPV4 ? "ip" : "ip6";
    String protocol = protocol(packet);
    int port = packet.sourcePort();
    return new Exemption(
        "%s saddr %s %s sport %d".formatted(header, from.getHostAddress(), protocol, port),
        "-p %s -s %s --sport %d".formatted(protocol, from.getHostAddress(), port));
  }

  private static String nftPort(Packet packet) {
    return protocol(packet) + " dport " + packet.destinationPort();
  }

  private static String iptablesPort(Packet packet) {
    return "-p %s --dport %d".formatted(protocol(packet), packet.destinationPort());
  }

  private static String protocol(Packet packet) {
    return packet.protocol().name().toLowerCase(Locale.ROOT);
  }

  /**
   * The shell command that inserts it ahead of a rule. Programs that own a chain of iptables often
   * refill it, but leave alone what others insert into the built-in chain that calls it.
   */
  String before(RuleAt rule, Hook hook) {
    return rule.program().equals("nft")
        ? "nft 'insert rule %s %s %s %s accept'"
            .formatted(rule.family(), rule.table(), rule.chain(), nft)
        : "%s -w -t %s -I %s %s -j ACCEPT"
            .formatted(rule.program(), rule.table(), hook.name(), iptables);
  }
}

package dev.pellucid.runtime.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The two versions of IP, and what each tool calls them. */
public enum IpFamily {
  /** IPv4. */
  IPV4("-4", "iptables", "ipv4", "ip", "icmp", "icmp"),
  /** IPv6. */
  IPV6("-6", "ip6tables", "ipv6", "ip6", "ipv6-icmp", "icmpv6");

  final String option;

  /** The iptables command. */
  final String iptables;

  /** What nft's {@code meta nfproto} says, and the folder of sysctls. */
  final String nfproto;

  /** What nft calls the header and the tproxy statement's family. */
  final String nft;

  /** What nft calls the protocol of error messages. */
  final String nftErrors;

  /** What iptables calls it. */
  final String iptablesErrors;

  IpFamily(
      String option,
      String iptables,
      String nfproto,
      String nft,
      String nftErrors,
      String iptablesErrors) {
    this.option = option;
    this.iptables = iptables;
    this.nfproto = nfproto;
    this.nft = nft;
    this.nftErrors = nftErrors;
    this.iptablesErrors = iptablesErrors;
  }

  /**
   * Whether this host has it, in the network namespace of the calling thread: IPv6 can be left out
   * of the kernel, and be switched off. Marked packets are delivered by way of loopback.
   */
  public boolean available() {
    Path switchedOff = Path.of("/proc/sys/net/ipv6/conf/lo/disable_ipv6");
    try {
      return this == IPV4
          || (Files.exists(switchedOff) && Files.readString(switchedOff).startsWith("0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The option of ip(8) that chooses it. */
  public String option() {
    return option;
  }

  /** What people call it. */
  public String label() {
    return this == IPV4 ? "IPv4" : "IPv6";
  }

  /** The family of an address. */
  public static IpFamily of(InetAddress address) {
    return address instanceof Inet4Address ? IPV4 : IPV6;
  }
}

package dev.pellucid.runtime.host.doctor;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * The interfaces by which traffic of others can come: up, connected, not loopback, and no part of a
 * bridge or a bond, which stands for it.
 */
record Interfaces(List<Interface> list) {
  private static final String LINK_SCOPE = "253";

  /** An interface with its addresses. */
  record Interface(String name, List<Address> addresses) {}

  /** An address of an interface, and how long the prefix of its network is. */
  record Address(InetAddress address, int prefixLength) {}

  /** Reads those of the calling thread's network namespace. Blocks. */
  static Interfaces read() throws IOException, InterruptedException {
    try {
      return new Interfaces(
          IpTool.list("address").stream()
              .filter(Interfaces::receives)
              .map(link -> new Interface(link.getString("ifname"), addresses(link)))
              .toList());
    } catch (ConfigException e) {
      throw new IOException("ip prints addresses that cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean receives(Config link) {
    List<String> flags = link.getStringList("flags");
    return flags.contains("UP")
        && !flags.contains("NO-CARRIER")
        && !flags.contains("LOOPBACK")
        && !link.hasPath("master");
  }

  private static List<Address> addresses(Config link) {
    return link.getConfigList("addr_info").stream()
        .filter(address -> address.hasPath("local"))
        .filter(address -> !address.getString("scope").equals(LINK_SCOPE))
        .map(
            address ->
                new Address(Literals.ip(address.getString("local")), address.getInt("prefixlen")))
        .toList();
  }

  /** Their names. */
  List<String> names() {
    return list.stream().map(Interface::name).toList();
  }

  /** The addresses of one of them; empty if there is no such interface. */
  List<Address> addresses(String name) {
    return list.stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .map(Interface::addresses)
        .orElse(List.of());
  }

  /** Whether one of them has an address. */
  boolean own(InetAddress address) {
    return list.stream()
        .flatMap(link -> link.addresses().stream())
        .anyMatch(own -> own.address().equals(address));
  }
}

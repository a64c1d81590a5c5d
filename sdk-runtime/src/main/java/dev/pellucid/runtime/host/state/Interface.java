package dev.pellucid.runtime.host.state;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.Json;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A network interface.
 *
 * @param name its name
 * @param flags what ip(8) calls its flags, such as {@code UP} and {@code NO-CARRIER}
 * @param ethernet whether its frames have Ethernet's addresses
 * @param kind what ip(8) calls its type, such as {@code bridge} or {@code veth}; empty for hardware
 * @param master the bridge, bond or VRF that it is a port of
 * @param addresses its addresses
 */
public record Interface(
    String name,
    Set<String> flags,
    boolean ethernet,
    String kind,
    Optional<String> master,
    List<Address> addresses) {
  // The word, or the number where ip has been asked for numbers.
  private static final Set<String> ETHERNET = Set.of("ether", "[1]");
  private static final Set<String> LINK_SCOPE = Set.of("link", "253");
  private static final Set<String> GLOBAL_SCOPE = Set.of("global", "0");
  private static final List<String> SPARE = List.of("secondary", "deprecated", "tentative");

  /**
   * An address of an interface.
   *
   * @param address the address
   * @param prefixLength how many bits of it the other hosts of its network share
   * @param scope where it is valid
   * @param spare whether the kernel prefers others: one more of the same network, or one of IPv6
   *     that is deprecated or not valid yet
   */
  public record Address(InetAddress address, int prefixLength, Scope scope, boolean spare) {

    /** One that is not spare. */
    public Address(InetAddress address, int prefixLength, Scope scope) {
      this(address, prefixLength, scope, false);
    }

    /** Whether hosts anywhere can mean it. */
    public boolean global() {
      return scope == Scope.GLOBAL;
    }

    /** The network that it is in. */
    public Cidr network() {
      return Cidr.of(address, prefixLength);
    }
  }

  /** Where an address is valid. */
  public enum Scope {
    /** Everywhere. */
    GLOBAL,
    /** At one link only. */
    LINK,
    /** Somewhere in between, or within the host only. */
    OTHER
  }

  /** Copies the collections. */
  public Interface {
    flags = Set.copyOf(flags);
    addresses = List.copyOf(addresses);
  }

  static Interface of(Json json) {
    return new Interface(
        json.required("ifname"),
        json.items("flags").stream().map(Json::text).collect(toSet()),
        ETHERNET.contains(json.text("link_type")),
        json.get("linkinfo").map(info -> info.text("info_kind")).orElse(""),
        json.string("master"),
        json.items("addr_info").stream()
            // Deleting an address leaves an empty object behind in some versions of ip.
            .filter(address -> address.has("local"))
            .map(Interface::address)
            .toList());
  }

  private static Address address(Json json) {
    String scope = json.required("scope");
    return new Address(
        Addresses.literal(json.required("local")),
        json.number("prefixlen"),
        GLOBAL_SCOPE.contains(scope)
            ? Scope.GLOBAL
            : LINK_SCOPE.contains(scope) ? Scope.LINK : Scope.OTHER,
        SPARE.stream().anyMatch(json::has));
  }

  /** Whether it was brought up. */
  public boolean up() {
    return flags.contains("UP");
  }

  /** Whether it is a bridge. */
  public boolean isBridge() {
    return kind.equals("bridge");
  }

  /**
   * Whether traffic of others can come by it: up, connected, not loopback, and no part of a bridge
   * or a bond, which stands for it.
   */
  public boolean receives() {
    return up() && !flags.contains("NO-CARRIER") && !flags.contains("LOOPBACK") && master.isEmpty();
  }

  /** Whether an address is one of its own. */
  public boolean owns(InetAddress address) {
    return addresses.stream().anyMatch(own -> own.address().equals(address));
  }

  /** The address that TPROXY looks for a listener at, where its rule names none. */
  public Optional<InetAddress> preferred(IpFamily family) {
    return addresses.stream()
        .filter(address -> !address.spare())
        .map(Address::address)
        .filter(address -> IpFamily.of(address) == family)
        .findFirst();
  }

  /** Its addresses of a family, except those that only hosts of the same link can mean. */
  public List<Address> routable(IpFamily family) {
    return addresses.stream()
        .filter(address -> IpFamily.of(address.address()) == family)
        .filter(address -> address.scope() != Scope.LINK)
        .toList();
  }
}

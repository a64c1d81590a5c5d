package dev.pellucid.runtime.host.ruleset;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;

/** Tells the kinds of addresses apart as far as a host's own addresses allow. */
final class AddressType {
  private final Set<InetAddress> local;

  AddressType(Set<InetAddress> local) {
    this.local = local;
  }

  /** Whether an address is of a type that nft and iptables know by this name. */
  boolean is(InetAddress address, String type) {
    return of(address).equals(type.toLowerCase(Locale.ROOT));
  }

  /** Its type in small letters. */
  String of(InetAddress address) {
    if (address.isLoopbackAddress() || local.contains(address)) {
      return "local";
    }
    if (address.isMulticastAddress()) {
      return "multicast";
    }
    return isLimitedBroadcast(address) ? "broadcast" : "unicast";
  }

  private static boolean isLimitedBroadcast(InetAddress address) {
    return address instanceof Inet4Address && address.getHostAddress().equals("255.255.255.255");
  }
}

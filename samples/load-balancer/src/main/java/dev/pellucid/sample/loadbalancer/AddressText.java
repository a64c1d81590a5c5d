package dev.pellucid.sample.loadbalancer;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** An address as the configuration file has it. */
final class AddressText {
  private AddressText() {}

  static String of(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }
}

package dev.pellucid.runtime;

import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.linux.LocalAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/**
 * What a listener needs of the host and the kernel would not complain about: a rule for an
 * interface that does not exist matches nothing, and a transparent socket binds to any address.
 */
final class HostCheck {
  private HostCheck() {}

  /** Throws a {@link ProxyStartException} if something is missing. */
  static void check(ListenerConfig listener) {
    try {
      for (String name : listener.intercept().interfaces()) {
        requireInterface(listener, name);
      }
      InetAddress address = listener.address().getAddress();
      if (listener.intercept().mode() == InterceptMode.FOREIGN) {
        requireForeign(listener, address);
      } else {
        requireLocal(listener, address);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireInterface(ListenerConfig listener, String name)
      throws SocketException {
    if (NetworkInterface.getByName(name) == null) {
      String known =
          String.join(
              ", ",
              NetworkInterface.networkInterfaces()
                  .map(NetworkInterface::getName)
                  .sorted()
                  .toList());
      throw new ProxyStartException(
          listener, "there is no interface \"" + name + "\" on this host; there are: " + known);
    }
  }

  private static void requireLocal(ListenerConfig listener, InetAddress address)
      throws IOException {
    if (!address.isAnyLocalAddress() && !isLocal(address)) {
      throw new ProxyStartException(
          listener,
          "no interface of this host has the address %s: see 'ip address', or listen on 0.0.0.0"
              .formatted(address.getHostAddress()));
    }
  }

  private static void requireForeign(ListenerConfig listener, InetAddress address)
      throws IOException {
    if (isLocal(address)) {
      throw new ProxyStartException(
          listener,
          "%s is an address of this host, so it is not foreign: with intercept.mode = none, clients connect to it"
              .formatted(address.getHostAddress()));
    }
  }

  private static boolean isLocal(InetAddress address) throws IOException {
    return address.isLoopbackAddress() || LocalAddresses.read().contains(address);
  }
}

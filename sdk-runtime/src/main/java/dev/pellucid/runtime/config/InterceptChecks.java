package dev.pellucid.runtime.config;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.OnProxyDown;
import java.net.InetAddress;
import java.util.List;

/**
 * Refuses what does not go together.
 *
 * @param section where it is written
 * @param intercept what was read there
 */
record InterceptChecks(Section section, InterceptConfig intercept) {

  void ofTheMode(Transport transport) {
    switch (intercept.mode()) {
      case TPROXY -> notePorts();
      case REDIRECT -> {
        notePorts();
        if (transport == Transport.UDP) {
          section.problem(
              "mode", "redirect is for TCP: nothing tells where a datagram was to go; use tproxy");
        }
      }
      case FOREIGN -> {
        refuse("ports", "clients of a foreign listener connect to the port of its address");
        refuse("destinations", "clients of a foreign listener connect to its address");
      }
      case NONE -> {
        refuse("ports", "nothing is intercepted with mode = none: clients connect to the address");
        refuse("local-output", "nothing is intercepted with mode = none");
      }
    }
  }

  private void notePorts() {
    if (intercept.ports().isEmpty()) {
      section.note("ports", "no ports are listed, so `pellucid rules` sends nothing here");
    }
  }

  private void refuse(String key, String why) {
    if (section.has(key)) {
      section.problem(key, why);
    }
  }

  void whenTheProxyIsDown() {
    OnProxyDown onProxyDown = intercept.onProxyDown();
    if (intercept.mode() == InterceptMode.REDIRECT && onProxyDown != OnProxyDown.RESET) {
      section.problem(
          "on-proxy-down", "must be reset with mode = redirect: no rule can do otherwise");
    }
    if (intercept.localOutput() && onProxyDown == OnProxyDown.BYPASS) {
      section.problem(
          "on-proxy-down",
          "must be block or reset with local-output = true: what this host sends has left its way");
    }
  }

  void ofTheListener(InetAddress address) {
    if (intercept.mode() == InterceptMode.FOREIGN && address.isAnyLocalAddress()) {
      section.problem(
          "mode",
          "foreign needs a listener with the address that clients connect to, not "
              + address.getHostAddress());
    }
    refuseLoopback(address);
    requireSameFamily(address, "sources", intercept.sources());
    requireSameFamily(address, "destinations", intercept.destinations());
  }

  // Without ports there are no rules of ours: others may redirect there what this host itself
  // sends.
  private void refuseLoopback(InetAddress address) {
    if (intercept.mode() == InterceptMode.REDIRECT
        && !intercept.ports().isEmpty()
        && address.isLoopbackAddress()) {
      section.problem(
          "mode",
          "redirect to the loopback address %s is lost, for the kernel drops what comes from outside to it; listen at %s or at the address of an interface"
              .formatted(
                  address.getHostAddress(),
                  IpFamily.of(address) == IpFamily.IPV4 ? "0.0.0.0" : "[::]"));
    }
  }

  private void requireSameFamily(InetAddress listener, String key, List<Cidr> networks) {
    for (Cidr network : networks) {
      if (IpFamily.of(network.address()) != IpFamily.of(listener)) {
        section.problem(
            key,
            "a listener at %s never sees traffic of %s: the address families differ"
                .formatted(listener.getHostAddress(), network));
      }
    }
  }
}

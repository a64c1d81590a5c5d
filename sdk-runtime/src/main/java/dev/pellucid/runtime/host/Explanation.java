package dev.pellucid.runtime.host;

import static java.util.stream.Collectors.joining;

import java.util.Locale;

/** What stands above the rules of either tool, for people who read them. */
final class Explanation {
  static final String TCP_DIVERT =
      "# TCP that transparent sockets own, upstreams' replies above all. Pure SYNs are for listeners.";
  static final String ERRORS =
      "# ICMP errors about packets of transparent sockets: they reach the socket, not the client.";
  static final String UDP_DIVERT =
      "# UDP that a transparent socket owns. It stands behind the listeners, which own what clients send.";
  static final String NOT_OWN =
      "# What the proxy itself sends carries this mark, and is never taken: it would talk to itself.";

  private Explanation() {}

  /** Whether a line of a chain is no rule. */
  static boolean is(String line) {
    return line.startsWith("#");
  }

  static String handOver(Intercept intercept) {
    String what =
        switch (intercept.mode()) {
          case FOREIGN -> "goes to the socket at that address, which is not this host's";
          default ->
              "goes to port %d here, its destination untouched"
                  .formatted(intercept.listener().getPort());
        };
    return "# Listener %s: %s %s.".formatted(intercept.comment(), traffic(intercept), what);
  }

  static String down(Intercept intercept) {
    return "# Listener %s: while nothing listens, ".formatted(intercept.comment())
        + switch (intercept.onProxyDown()) {
          case BLOCK -> "it is dropped (on-proxy-down = block).";
          case RESET -> "it is refused (on-proxy-down = reset).";
          case BYPASS -> "it goes on past the proxy, whatever is below (on-proxy-down = bypass).";
        };
  }

  static String redirect(Intercept intercept) {
    return "# Listener %s: %s is redirected to port %d here."
        .formatted(intercept.comment(), traffic(intercept), intercept.listener().getPort());
  }

  static String localOutput(Intercept intercept) {
    return "# Listener %s: %s that this host itself sends to others (local-output)."
        .formatted(intercept.comment(), traffic(intercept));
  }

  private static String traffic(Intercept intercept) {
    return "%s over %s to port %s"
        .formatted(
            intercept.protocol().toUpperCase(Locale.ROOT),
            intercept.family().label(),
            intercept.ports().stream().map(PortRange::toString).collect(joining(", ")));
  }
}

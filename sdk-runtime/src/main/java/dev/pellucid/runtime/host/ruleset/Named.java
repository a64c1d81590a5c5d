package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The addresses and numbers that one rule names: examples of what it may be about. What is in a set
 * of its own is not among them.
 *
 * @param networks addresses and networks, whether of sources or of destinations
 * @param ports what may be ports, or the ends of ranges of them
 */
public record Named(List<Cidr> networks, List<Integer> ports) {
  private static final int MAX_PORT = 65535;

  private static final Pattern BETWEEN = Pattern.compile("[\\s,{}\"]+");
  private static final Pattern NETWORK =
      Pattern.compile(
          "([0-9]+(?:\\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F.]*:[0-9a-fA-F:.]*)(?:/(\\d+))?");
  private static final Pattern PORTS = Pattern.compile("(\\d{1,5})(?:[:-](\\d{1,5}))?");

  /** Copies the lists. */
  public Named {
    networks = List.copyOf(networks);
    ports = List.copyOf(ports);
  }

  /** Those of a rule as its program writes it. */
  static Named of(String rule) {
    Set<Cidr> networks = new LinkedHashSet<>();
    Set<Integer> ports = new LinkedHashSet<>();
    for (String word : BETWEEN.split(rule, -1)) {
      Matcher range = PORTS.matcher(word);
      if (range.matches()) {
        port(range.group(1), ports);
        port(range.group(2), ports);
      } else {
        // Ranges of addresses are written with a dash between their ends.
        for (String address : word.split("-", -1)) {
          network(address, networks);
        }
      }
    }
    return new Named(List.copyOf(networks), List.copyOf(ports));
  }

  private static void port(String number, Set<Integer> ports) {
    if (number != null) {
      int port = Integer.parseInt(number);
      if (0 < port && port <= MAX_PORT) {
        ports.add(port);
      }
    }
  }

  private static void network(String text, Set<Cidr> networks) {
    Matcher network = NETWORK.matcher(text);
    if (!network.matches()) {
      return;
    }
    try {
      String length = network.group(2);
      Cidr address = Cidr.of(Addresses.literal(network.group(1)));
      networks.add(length == null ? address : Cidr.of(address.address(), Integer.parseInt(length)));
    } catch (IllegalArgumentException e) {
      // It only looks like one.
    }
  }

  boolean isEmpty() {
    return networks.isEmpty() && ports.isEmpty();
  }
}

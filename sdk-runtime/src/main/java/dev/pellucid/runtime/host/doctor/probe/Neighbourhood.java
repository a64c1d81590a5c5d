package dev.pellucid.runtime.host.doctor.probe;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.Json;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.IpTool;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The networks at this host's interfaces, and which of their addresses are in use. */
final class Neighbourhood {
  /** Enough to get past the hosts that gather at a network's end. */
  private static final int MAX_TRIES = 100;

  /** The last addresses of an IPv6 network are reserved for anycast (RFC 2526). */
  private static final int ANYCAST = 128;

  /**
   * A network that an interface is in.
   *
   * @param device the interface
   * @param local this host's address in it
   * @param network the network
   */
  record Link(String device, InetAddress local, Cidr network) {}

  private final List<Link> links;
  private final Set<InetAddress> used;

  Neighbourhood(List<Link> links, Set<InetAddress> used) {
    this.links = links;
    this.used = used;
  }

  /**
   * Reads it, in the network namespace of the calling thread. Blocks.
   *
   * @param interfaces the host's
   * @throws IOException if ip does not tell
   */
  static Neighbourhood read(Interfaces interfaces) throws IOException, InterruptedException {
    // Of what is not Ethernet, frames cannot be made up.
    List<Link> links =
        interfaces.list().stream()
            .filter(each -> each.up() && each.ethernet())
            .flatMap(Neighbourhood::links)
            .toList();
    Set<InetAddress> used = new HashSet<>();
    links.forEach(link -> used.add(link.local()));
    for (Json neighbour : IpTool.list("neighbour", "show")) {
      if (neighbour.has("lladdr")) {
        used.add(Addresses.literal(neighbour.required("dst")));
      }
    }
    return new Neighbourhood(links, used);
  }

  private static Stream<Link> links(Interface device) {
    return device.addresses().stream()
        .filter(Interface.Address::global)
        .map(address -> new Link(device.name(), address.address(), address.network()));
  }

  /** The networks of one family at some interfaces; at any if none are named. */
  List<Link> links(List<String> devices, IpFamily family) {
    return links.stream()
        .filter(link -> devices.isEmpty() || devices.contains(link.device()))
        .filter(link -> IpFamily.of(link.local()) == family)
        .toList();
  }

  /** Whether a host, this one or another, is known to have an address. */
  boolean uses(InetAddress address) {
    return used.contains(address);
  }

  /**
   * A client in a network, with an address that no host is known to have.
   *
   * @return empty if there is none
   */
  Optional<ProbeClient> unused(Cidr network) {
    return client(network, used);
  }

  /**
   * A client in a network, with an address that no host is known to have, or else with one that is
   * not this host's.
   */
  Optional<ProbeClient> foreign(Cidr network) {
    Set<InetAddress> own = links.stream().map(Link::local).collect(toSet());
    return unused(network).or(() -> client(network, own));
  }

  private static Optional<ProbeClient> client(Cidr network, Set<InetAddress> excluded) {
    return addresses(network)
        .filter(address -> !excluded.contains(address))
        .findFirst()
        .map(address -> new ProbeClient(address, network));
  }

  // From the end: hosts are often numbered from the beginning. The last address of an IPv4 network
  // is the broadcast address, the first one is that of the network.
  private static Stream<InetAddress> addresses(Cidr network) {
    byte[] first = network.address().getAddress();
    int hostBits = first.length * Byte.SIZE - network.prefixLength();
    BigInteger base = new BigInteger(1, first);
    if (hostBits < 2) {
      return Stream.iterate(BigInteger.ZERO, BigInteger.ONE::add)
          .limit(1L << hostBits)
          .map(offset -> address(base.add(offset), first.length));
    }
    int reserved = first.length == 4 || hostBits <= Byte.SIZE ? 1 : ANYCAST;
    BigInteger size = BigInteger.ONE.shiftLeft(hostBits);
    return Stream.iterate(
            size.subtract(BigInteger.valueOf(reserved + 1)), n -> n.subtract(BigInteger.ONE))
        .takeWhile(offset -> offset.signum() > 0)
        .limit(MAX_TRIES)
        .map(offset -> address(base.add(offset), first.length));
  }

  private static InetAddress address(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[length];
    // A sign may come first; zeros may be left out.
    int copied = Math.min(bytes.length, length);
    System.arraycopy(bytes, bytes.length - copied, padded, length - copied, copied);
    try {
      return InetAddress.getByAddress(padded);
    } catch (UnknownHostException e) {
      throw new AssertionError("the length is right: " + Arrays.toString(padded), e);
    }
  }
}

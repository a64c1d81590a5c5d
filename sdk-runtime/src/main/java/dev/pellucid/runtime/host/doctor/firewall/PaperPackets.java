package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import java.net.InetAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The packets that are walked through the rules, each of which stands for a question. */
final class PaperPackets {
  /** A port that programs choose for themselves. */
  static final int CLIENT_PORT = 40000;

  private static final InetAddress FAR_CLIENT = Addresses.literal("198.51.100.1");
  private static final InetAddress FAR_CLIENT_6 = Addresses.literal("2001:db8:1::1");
  private static final InetAddress FAR_SERVER = Addresses.literal("203.0.113.1");
  private static final InetAddress FAR_SERVER_6 = Addresses.literal("2001:db8:2::1");

  private final Interfaces interfaces;
  private final List<Intercept> intercepts;
  private final int mark;

  /**
   * @param intercepts in their order, of which the first that matches takes a packet
   * @param mark the mark of what is intercepted
   */
  PaperPackets(Interfaces interfaces, List<Intercept> intercepts, int mark) {
    this.interfaces = interfaces;
    this.intercepts = intercepts;
    this.mark = mark;
  }

  /** First packets of clients, by each interface, which no other intercept takes. */
  List<Packet> first(Intercept intercept) {
    return interfacesOf(intercept).stream()
        .flatMap(in -> variations(intercept, in))
        .filter(packet -> takes(intercept, packet))
        .toList();
  }

  /** First packets of this host, marked when they left and come back on loopback. */
  List<Packet> looped(Intercept intercept) {
    return sent(intercept, 0).stream()
        .map(packet -> on(packet, "lo", ""))
        .map(packet -> packet.withMark(mark))
        .toList();
  }

  /** First packets that this host sends to what is intercepted. */
  List<Packet> sent(Intercept intercept, int sendersMark) {
    if (!intercept.localOutput()) {
      return List.of();
    }
    return ownAddress(intercept).stream()
        .flatMap(
            source -> variations(intercept, "").map(packet -> from(packet, source, CLIENT_PORT)))
        .map(packet -> packet.withMark(sendersMark))
        .distinct()
        .toList();
  }

  // The loopback's own addresses are no interface's here; one of any other will do.
  private List<InetAddress> ownAddress(Intercept intercept) {
    return interfaces.list().stream()
        .flatMap(each -> each.routable(family(intercept)).stream())
        .map(Interface.Address::address)
        .filter(address -> contains(intercept.sources(), address))
        .limit(1)
        .toList();
  }

  /** First packets to a port, by each interface, which no intercept takes. */
  List<Packet> passing(IpFamily family, Transport transport, int port) {
    return interfaces.names().stream()
        .map(
            in ->
                packet(
                    transport, in, client(family), CLIENT_PORT, server(family), port, Owner.NONE))
        .filter(packet -> intercepts.stream().noneMatch(other -> matches(other, packet)))
        .toList();
  }

  /** What comes back from a server to a transparent socket, by each interface. */
  List<Packet> replies(IpFamily family, Transport transport) {
    Packet asked =
        packet(transport, "", client(family), CLIENT_PORT, server(family), 80, Owner.NONE);
    return interfaces.names().stream().map(in -> reply(asked, in)).toList();
  }

  /** What comes back for a packet of a transparent socket. */
  static Packet reply(Packet asked, String in) {
    InetAddress server = asked.destination();
    int serverPort = asked.destinationPort();
    Packet returned = to(from(asked, server, serverPort), asked.source(), asked.sourcePort());
    return on(owned(returned, false, Owner.TRANSPARENT_SOCKET), in, "").withMark(0);
  }

  /** The addresses that clients of a listener come from. */
  Collection<InetAddress> clients(IpFamily family, String listener) {
    Set<InetAddress> clients = new LinkedHashSet<>();
    List<Intercept> own = named(family, listener);
    own.stream().flatMap(i -> i.sources().stream()).map(this::member).forEach(clients::add);
    if (clients.isEmpty()) {
      clients.add(client(family));
      own.stream()
          .flatMap(i -> i.interfaces().stream())
          .map(in -> neighbour(family, in))
          .forEach(clients::add);
    }
    return clients;
  }

  /** The intercepts of a listener. */
  List<Intercept> named(IpFamily family, String listener) {
    return intercepts.stream()
        .filter(intercept -> intercept.name().equals(listener))
        .filter(intercept -> family(intercept) == family)
        .toList();
  }

  /** Where clients of an intercept want to go, one address for each network. */
  List<InetAddress> destinations(Intercept intercept) {
    return intercept.destinations().isEmpty()
        ? List.of(server(family(intercept)))
        : intercept.destinations().stream().map(this::member).toList();
  }

  /** Where an intercept's packets arrive. */
  List<String> interfacesOf(Intercept intercept) {
    return intercept.interfaces().isEmpty() ? interfaces.names() : intercept.interfaces();
  }

  // One thing varies at a time: the product of all would be many.
  private Stream<Packet> variations(Intercept intercept, String in) {
    List<InetAddress> sources =
        intercept.sources().isEmpty()
            ? List.of(neighbour(family(intercept), in))
            : intercept.sources().stream().map(this::member).toList();
    List<InetAddress> destinations = destinations(intercept);
    Set<Packet> packets = new LinkedHashSet<>();
    Owner owner = intercept.mode() == InterceptMode.FOREIGN ? Owner.TRANSPARENT_SOCKET : Owner.NONE;
    for (PortRange range : intercept.ports()) {
      for (int port : List.of(range.first(), (range.first() + range.last()) / 2, range.last())) {
        packets.add(
            packet(
                intercept.transport(),
                in,
                sources.get(0),
                CLIENT_PORT,
                destinations.get(0),
                port,
                owner));
      }
    }
    Packet sample = packets.iterator().next();
    sources.forEach(source -> packets.add(from(sample, source, CLIENT_PORT)));
    destinations.forEach(to -> packets.add(to(sample, to, sample.destinationPort())));
    return packets.stream();
  }

  private boolean takes(Intercept intercept, Packet packet) {
    return intercepts.stream()
        .filter(other -> matches(other, packet))
        .findFirst()
        .filter(intercept::equals)
        .isPresent();
  }

  private static boolean matches(Intercept intercept, Packet packet) {
    return protocol(intercept.transport()) == packet.protocol()
        && family(intercept) == IpFamily.of(packet.destination())
        && (intercept.interfaces().isEmpty()
            || intercept.interfaces().contains(packet.inInterface()))
        && contains(intercept.sources(), packet.source())
        && contains(intercept.destinations(), packet.destination())
        && intercept.ports().stream().anyMatch(range -> in(range, packet.destinationPort()));
  }

  /** Whether a range has a port. */
  static boolean in(PortRange range, int port) {
    return range.first() <= port && port <= range.last();
  }

  private static boolean contains(List<Cidr> networks, InetAddress address) {
    return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(address));
  }

  // Where an interface has a network of its own, clients come from there rather than from afar.
  private InetAddress neighbour(IpFamily family, String in) {
    return interfaces.named(in).stream()
        .flatMap(each -> each.routable(family).stream())
        .map(Interface.Address::network)
        .filter(network -> network.address().getAddress().length * 8 - network.prefixLength() > 1)
        .findFirst()
        .map(this::member)
        .orElse(client(family));
  }

  /** An address of a network that is not this host's. */
  private InetAddress member(Cidr network) {
    InetAddress member = network.address();
    if (network.prefixLength() == member.getAddress().length * 8) {
      return member;
    }
    do {
      member = NextAddress.after(member);
    } while (interfaces.owns(member) && network.contains(NextAddress.after(member)));
    return member;
  }

  static IpFamily family(Intercept intercept) {
    return IpFamily.of(intercept.listener().getAddress());
  }

  private static InetAddress client(IpFamily family) {
    return family == IpFamily.IPV4 ? FAR_CLIENT : FAR_CLIENT_6;
  }

  private static InetAddress server(IpFamily family) {
    return family == IpFamily.IPV4 ? FAR_SERVER : FAR_SERVER_6;
  }

  private static Packet.Protocol protocol(Transport transport) {
    return Packet.Protocol.valueOf(transport.name());
  }

  /** The first packet of a connection, without a mark. */
  static Packet packet(
      Transport transport,
      String in,
      InetAddress source,
      int sourcePort,
      InetAddress destination,
      int destinationPort,
      Owner owner) {
    return new Packet(
        protocol(transport),
        in,
        "",
        source,
        sourcePort,
        destination,
        destinationPort,
        true,
        owner,
        0);
  }

  /** The same packet on its way between other interfaces. */
  static Packet on(Packet p, String in, String out) {
    return new Packet(
        p.protocol(),
        in,
        out,
        p.source(),
        p.sourcePort(),
        p.destination(),
        p.destinationPort(),
        p.first(),
        p.owner(),
        p.mark());
  }

  private static Packet from(Packet p, InetAddress source, int port) {
    return new Packet(
        p.protocol(),
        p.inInterface(),
        p.outInterface(),
        source,
        port,
        p.destination(),
        p.destinationPort(),
        p.first(),
        p.owner(),
        p.mark());
  }

  /** The same packet to somewhere else. */
  static Packet to(Packet p, InetAddress destination, int port) {
    return new Packet(
        p.protocol(),
        p.inInterface(),
        p.outInterface(),
        p.source(),
        p.sourcePort(),
        destination,
        port,
        p.first(),
        p.owner(),
        p.mark());
  }

  /** The same packet, which a socket owns. */
  static Packet owned(Packet p, boolean first, Owner owner) {
    return new Packet(
        p.protocol(),
        p.inInterface(),
        p.outInterface(),
        p.source(),
        p.sourcePort(),
        p.destination(),
        p.destinationPort(),
        first,
        owner,
        p.mark());
  }
}

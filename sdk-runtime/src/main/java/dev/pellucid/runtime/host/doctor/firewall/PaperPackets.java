package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.examination.FarAway;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The packets that are walked through the rules, each of which stands for a question. */
final class PaperPackets {
  /** A port that programs choose for themselves. */
  static final int CLIENT_PORT = 40000;

  private final Interfaces interfaces;
  private final Endpoints endpoints;
  private final List<Intercept> intercepts;
  private final int mark;

  /**
   * @param endpoints between whom they go
   * @param intercepts in their order, of which the first that matches takes a packet
   * @param mark the mark of what is intercepted
   */
  PaperPackets(Interfaces interfaces, Endpoints endpoints, List<Intercept> intercepts, int mark) {
    this.interfaces = interfaces;
    this.endpoints = endpoints;
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

  /** First packets of clients and of this host, where they come in. */
  List<Packet> arriving(Intercept intercept) {
    // What is redirected has left its way before it could come back.
    return intercept.mode() == InterceptMode.REDIRECT
        ? first(intercept)
        : Stream.of(first(intercept), looped(intercept)).flatMap(List::stream).toList();
  }

  /** First packets of this host, marked when they left and come back on loopback. */
  List<Packet> looped(Intercept intercept) {
    return sent(intercept, 0).stream()
        .map(packet -> packet.on("lo", ""))
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
            source -> variations(intercept, "").map(packet -> packet.from(source, CLIENT_PORT)))
        .map(packet -> packet.withMark(sendersMark))
        .distinct()
        .toList();
  }

  // The loopback's own addresses are no interface's here; one of any other will do.
  private List<InetAddress> ownAddress(Intercept intercept) {
    return ownAddresses(family(intercept))
        .filter(address -> contains(intercept.sources(), address))
        .limit(1)
        .toList();
  }

  private Stream<InetAddress> ownAddresses(IpFamily family) {
    return interfaces.list().stream()
        .flatMap(each -> each.routable(family).stream())
        .map(Interface.Address::address);
  }

  /** A first packet that this host sends to a port, if it has an address. */
  Optional<Packet> own(IpFamily family, Transport transport, int port) {
    InetAddress to = FarAway.server(family);
    return ownAddresses(family)
        .findFirst()
        .map(from -> packet(transport, "", from, CLIENT_PORT, to, port, Owner.NONE));
  }

  /** First packets to a port, by each interface, which no intercept takes. */
  List<Packet> passing(IpFamily family, Transport transport, int port) {
    return interfaces.names().stream()
        .map(
            in ->
                packet(
                    transport,
                    in,
                    FarAway.client(family),
                    CLIENT_PORT,
                    FarAway.server(family),
                    port,
                    Owner.NONE))
        .filter(packet -> intercepts.stream().noneMatch(other -> matches(other, packet)))
        .toList();
  }

  /** What comes back from a server to a transparent socket, by each interface. */
  List<Packet> replies(IpFamily family, Transport transport) {
    Packet asked =
        packet(
            transport,
            "",
            FarAway.client(family),
            CLIENT_PORT,
            FarAway.server(family),
            80,
            Owner.NONE);
    return interfaces.names().stream().map(in -> reply(asked, in).answering()).toList();
  }

  /** What comes back for a packet of a transparent socket. */
  static Packet reply(Packet asked, String in) {
    InetAddress server = asked.destination();
    int serverPort = asked.destinationPort();
    return asked
        .to(asked.source(), asked.sourcePort())
        .from(server, serverPort)
        .owned(false, Owner.TRANSPARENT_SOCKET)
        .on(in, "")
        .withMark(0);
  }

  /** The intercepts of a listener. */
  List<Intercept> named(IpFamily family, String listener) {
    return intercepts.stream()
        .filter(intercept -> intercept.name().equals(listener))
        .filter(intercept -> family(intercept) == family)
        .toList();
  }

  /** Where an intercept's packets arrive. */
  List<String> interfacesOf(Intercept intercept) {
    return intercept.interfaces().isEmpty() ? interfaces.names() : intercept.interfaces();
  }

  // One end varies at a time: the product of all would be many.
  private Stream<Packet> variations(Intercept intercept, String in) {
    List<InetAddress> sources = endpoints.sources(intercept, in);
    Owner owner = intercept.mode() == InterceptMode.FOREIGN ? Owner.TRANSPARENT_SOCKET : Owner.NONE;
    Set<Packet> packets = new LinkedHashSet<>();
    for (InetSocketAddress to : endpoints.destinations(intercept, in)) {
      packets.add(
          packet(
              intercept.transport(),
              in,
              sources.get(0),
              CLIENT_PORT,
              to.getAddress(),
              to.getPort(),
              owner));
    }
    Packet sample = packets.iterator().next();
    sources.forEach(source -> packets.add(sample.from(source, CLIENT_PORT)));
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

  static IpFamily family(Intercept intercept) {
    return IpFamily.of(intercept.listener().getAddress());
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
}

package dev.pellucid.runtime.host.doctor.probe;

import static java.util.Objects.requireNonNull;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.doctor.probe.ConnectAttempt.Outcome;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.examination.Probe;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connects to each upstream: from this host's own address, and to those that answer once more in a
 * client's name. Upstreams see connections that are closed at once, and empty datagrams.
 */
public final class UpstreamProbe implements Probe {
  private static final int MAX_UPSTREAMS = 32;

  /** Enough for a second SYN, which follows the first after a second. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** For a word that nothing listens; that something does, no word will tell. */
  private static final Duration UDP_PATIENCE = Duration.ofMillis(500);

  @Override
  public Examination probe(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    return new Examining(
            host, wanted, new ProbeClients(wanted, Neighbourhood.read(host.interfaces())))
        .examine();
  }

  /** One examination. */
  private static final class Examining {
    private final Host host;
    private final HostRequirements wanted;
    private final ProbeClients clients;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();

    Examining(Host host, HostRequirements wanted, ProbeClients clients) {
      this.host = host;
      this.wanted = wanted;
      this.clients = clients;
    }

    Examination examine() throws IOException, InterruptedException {
      Map<InetSocketAddress, Outcome> tcp = plain(Transport.TCP, PATIENCE);
      Map<InetSocketAddress, Outcome> udp = plain(Transport.UDP, UDP_PATIENCE);
      tcp.forEach((upstream, outcome) -> requireUp(Transport.TCP, upstream, outcome));
      udp.forEach((upstream, outcome) -> requireUp(Transport.UDP, upstream, outcome));
      tcp.values().removeIf(outcome -> !outcome.succeeded());
      inClientsNames(tcp);
      return new Examination(findings, List.copyOf(notes));
    }

    /** What becomes of connections in this host's own name. */
    private Map<InetSocketAddress, Outcome> plain(Transport transport, Duration patience)
        throws IOException {
      Map<ConnectAttempt, Outcome> outcomes =
          ConnectAttempts.run(
              upstreams(transport).stream()
                  .map(upstream -> attempt(transport, Optional.empty(), upstream))
                  .toList(),
              patience);
      Map<InetSocketAddress, Outcome> byUpstream = new LinkedHashMap<>();
      outcomes.forEach((attempt, outcome) -> byUpstream.put(attempt.destination(), outcome));
      return byUpstream;
    }

    private List<InetSocketAddress> upstreams(Transport transport) {
      List<InetSocketAddress> all =
          wanted.listeners().stream()
              .filter(listener -> listener.transport() == transport)
              .flatMap(listener -> listener.upstreams().stream())
              .distinct()
              .toList();
      if (all.size() > MAX_UPSTREAMS) {
        notes.add(
            "Of %d %s upstreams, only the first %d were probed."
                .formatted(all.size(), transport, MAX_UPSTREAMS));
        return all.subList(0, MAX_UPSTREAMS);
      }
      return all;
    }

    private ConnectAttempt attempt(
        Transport transport, Optional<InetAddress> source, InetSocketAddress upstream) {
      return new ConnectAttempt(transport, source, upstream, wanted.rules().socketMark());
    }

    private void requireUp(Transport transport, InetSocketAddress upstream, Outcome outcome) {
      if (!outcome.succeeded()) {
        findings.add(UpstreamFindings.down(transport, upstream, outcome.errno()));
      }
    }

    private void inClientsNames(Map<InetSocketAddress, Outcome> up)
        throws IOException, InterruptedException {
      Map<Leg, InetSocketAddress> legs = legs(up.keySet());
      Map<ConnectAttempt, Leg> attempts = new LinkedHashMap<>();
      legs.forEach(
          (leg, upstream) ->
              attempts.put(
                  attempt(Transport.TCP, Optional.of(leg.client().address()), upstream), leg));
      Map<ConnectAttempt, Outcome> outcomes =
          ConnectAttempts.run(List.copyOf(attempts.keySet()), PATIENCE);
      for (Map.Entry<ConnectAttempt, Leg> tried : attempts.entrySet()) {
        InetSocketAddress upstream = tried.getKey().destination();
        int errno = requireNonNull(outcomes.get(tried.getKey())).errno();
        if (errno != 0) {
          InetAddress own = requireNonNull(up.get(upstream)).local();
          findings.add(
              UpstreamFindings.returnPath(
                  tried.getValue().client(), upstream, own, behindRouter(upstream), errno));
        }
      }
    }

    private boolean behindRouter(InetSocketAddress upstream)
        throws IOException, InterruptedException {
      InetAddress address = upstream.getAddress();
      return host.routing(IpFamily.of(address)).lookup(address).stream()
          .anyMatch(route -> route.gateway().isPresent());
    }

    /** An upstream's host and a client whose connections go there: the way back is theirs. */
    private record Leg(InetAddress upstream, ProbeClient client) {}

    /** All of them, each with one port of the upstream's host. */
    private Map<Leg, InetSocketAddress> legs(Set<InetSocketAddress> up) {
      Map<Leg, InetSocketAddress> legs = new LinkedHashMap<>();
      for (ListenerRequirements listener : wanted.listeners()) {
        for (InetSocketAddress upstream : listener.upstreams()) {
          if (spoofsTcp(listener) && up.contains(upstream)) {
            Optional<ProbeClient> client = clients.towards(listener, upstream.getAddress());
            client.ifPresentOrElse(
                known -> legs.putIfAbsent(new Leg(upstream.getAddress(), known), upstream),
                () -> notes.add(noClient(listener)));
          }
        }
      }
      return legs;
    }

    private static boolean spoofsTcp(ListenerRequirements listener) {
      return listener.transport() == Transport.TCP && listener.spoofs();
    }

    private static String noClient(ListenerRequirements listener) {
      return "Whether upstreams of listener "
          + listener.name()
          + " send replies to clients by way of this host was not probed: nothing tells which"
          + " address a client could have. Name one with --probe-client.";
    }
  }
}

package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.doctor.probe.Neighbourhood.Link;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.FarAway;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.examination.Probe;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interfaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Has a client's SYN arrive on each interface of each TCP listener, and sees whether the listener
 * gets it. The client has an address that nobody has, so the handshake ends there: the proxy never
 * accepts the connection, and no access log tells of it. The kernel forgets it after a minute.
 */
public final class ClientProbe implements Probe {
  private static final int MAX_CLIENTS = 16;

  /** Enough for a second SYN, which follows the first after a second. */
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private static final long INTERVAL_MILLIS = 5;

  @Override
  public Examination probe(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    Examining examining = new Examining(host.interfaces(), wanted);
    for (ListenerRequirements listener : wanted.listeners()) {
      if (listener.transport() == Transport.TCP
          && !listener.address().getAddress().isLoopbackAddress()) {
        examining.examine(listener);
      }
    }
    List<Finding> findings = new ArrayList<>();
    for (Map.Entry<String, List<String>> lost : examining.lost.entrySet()) {
      findings.add(finding(lost.getKey(), lost.getValue()));
    }
    return new Examination(findings, examining.notes);
  }

  /** A SYN that ought to reach its listener. */
  private record Syn(String device, InetAddress client, InetSocketAddress destination) {
    @Override
    public String toString() {
      return "from %s to %s".formatted(client.getHostAddress(), Addresses.text(destination));
    }
  }

  /** One examination. */
  private static final class Examining {
    private final Interfaces interfaces;
    private final HostRequirements wanted;
    private final Neighbourhood neighbourhood;
    private final ProbeClients clients;

    /** What did not reach its listener, by interface: it is likely to have one cause. */
    private final Map<String, List<String>> lost = new LinkedHashMap<>();

    private final List<String> notes = new ArrayList<>();
    private int sent;

    Examining(Interfaces interfaces, HostRequirements wanted)
        throws IOException, InterruptedException {
      this.interfaces = interfaces;
      this.wanted = wanted;
      this.neighbourhood = Neighbourhood.read(interfaces);
      this.clients = new ProbeClients(wanted, neighbourhood);
    }

    void examine(ListenerRequirements listener) throws IOException, InterruptedException {
      if (listener.interfaces().isEmpty()) {
        // Clients need not come by all of them: one that works is enough.
        examine(listener, syns(listener, List.of()));
      }
      for (String device : listener.interfaces()) {
        examine(listener, syns(listener, List.of(device)));
      }
    }

    private void examine(ListenerRequirements listener, List<Syn> syns)
        throws IOException, InterruptedException {
      if (syns.isEmpty() || sent >= MAX_CLIENTS) {
        notes.add(
            notProbed(
                listener,
                syns.isEmpty()
                    ? "no unused address is known that a client could have"
                    : "after " + MAX_CLIENTS + " others"));
        return;
      }
      for (Syn syn : syns) {
        sent++;
        try {
          if (arrives(syn)) {
            return;
          }
        } catch (HostCommandException e) {
          notes.add(notProbed(listener, String.valueOf(e.getMessage())));
          return;
        }
      }
      // A host that has the address after all would have ended the handshake at once.
      if (Neighbourhood.read(interfaces).uses(syns.get(0).client())) {
        notes.add(
            notProbed(listener, "a host has the address " + syns.get(0).client().getHostAddress()));
        return;
      }
      lost.computeIfAbsent(syns.get(0).device(), device -> new ArrayList<>())
          .add(listener.name() + " (" + syns.get(0) + ")");
    }

    private List<Syn> syns(ListenerRequirements listener, List<String> devices) {
      List<Syn> syns = new ArrayList<>();
      IpFamily family = IpFamily.of(listener.address().getAddress());
      for (Link link : neighbourhood.links(devices, family)) {
        Optional<ProbeClient> client = clients.at(link, listener);
        Optional<InetSocketAddress> destination = destination(listener, link);
        if (client.isPresent() && destination.isPresent()) {
          syns.add(new Syn(link.device(), client.get().address(), destination.get()));
        }
      }
      return syns;
    }

    private Optional<InetSocketAddress> destination(ListenerRequirements listener, Link link) {
      if (listener.mode() == InterceptMode.NONE) {
        InetAddress address = listener.address().getAddress();
        return Optional.of(
            address.isAnyLocalAddress()
                ? new InetSocketAddress(link.local(), listener.address().getPort())
                : listener.address());
      }
      return wanted.rules().intercepts().stream()
          .filter(intercept -> intercept.name().equals(listener.name()))
          .findFirst()
          .flatMap(intercept -> destination(listener, intercept));
    }

    private Optional<InetSocketAddress> destination(
        ListenerRequirements listener, Intercept intercept) {
      int port = intercept.ports().get(0).first();
      IpFamily family = IpFamily.of(listener.address().getAddress());
      if (!intercept.destinations().isEmpty()) {
        return neighbourhood
            .foreign(intercept.destinations().get(0))
            .map(host -> new InetSocketAddress(host.address(), port));
      }
      InetAddress address =
          listener.upstreams().stream()
              .map(InetSocketAddress::getAddress)
              .filter(upstream -> IpFamily.of(upstream) == family)
              .filter(upstream -> !upstream.isLoopbackAddress())
              .findFirst()
              .orElse(FarAway.server(family));
      return Optional.of(new InetSocketAddress(address, port));
    }

    private static boolean arrives(Syn syn) throws IOException, InterruptedException {
      try (SyntheticClient client = SyntheticClient.join(syn.device())) {
        InetSocketAddress from = client.connect(syn.client(), syn.destination());
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!Handshakes.begun(from)) {
          if (System.nanoTime() > deadline) {
            return false;
          }
          Thread.sleep(INTERVAL_MILLIS);
        }
        return true;
      }
    }

    private static String notProbed(ListenerRequirements listener, String reason) {
      return "Whether clients reach listener %s was not probed (%s). Try it from a client."
          .formatted(listener.name(), reason);
    }
  }

  private static Finding finding(String device, List<String> lost)
      throws IOException, InterruptedException {
    List<String> drops = IngressDrops.deletions(device);
    return new Finding(
        FindingType.CLIENT_PATH,
        "interface " + device,
        "Connections that arrive on %s do not reach their listeners: %s."
            .formatted(device, String.join(", ", lost)),
        "Clients' connections time out, though the rules, routes and settings that this"
            + " examination follows let them pass."
            + (drops.isEmpty() ? "" : " There are rules that drop packets ahead of those."),
        drops.size() == 1
            ? drops.get(0)
            : "# see what drops packets on %s ahead of other rules: `nft -a list ruleset` (chains with hook ingress), `tc filter show dev %s ingress`, `ip -details link show %s` (xdp)"
                .formatted(device, device, device));
  }
}

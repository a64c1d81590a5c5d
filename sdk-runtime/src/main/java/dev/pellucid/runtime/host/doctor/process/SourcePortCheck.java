package dev.pellucid.runtime.host.doctor.process;

import static java.util.stream.Collectors.joining;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Whether there are ports for all connections. An address has one range of them towards each
 * upstream; with the client's address, that is each client's range.
 */
public final class SourcePortCheck implements Check {
  private static final String RANGE = "net.ipv4.ip_local_port_range";
  private static final String RESERVED = "net.ipv4.ip_local_reserved_ports";
  private static final int FIRST = 1024;
  private static final int LAST = 65_535;

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) throws IOException {
    BitSet reserved = ports(host.sysctls().text(RESERVED).orElse(""), ",", "-");
    String range = host.sysctls().text(RANGE).orElse(FIRST + " " + LAST);
    int now = count(ports(range, ",", "\\s+"), reserved);
    int widest = count(ports(FIRST + "-" + LAST, ",", "-"), reserved);
    List<ListenerRequirements> curable = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (ListenerRequirements listener : wanted.listeners()) {
      if (share(listener) > widest) {
        String cure = "# give listener %s more upstreams, or lower its max-connections";
        findings.add(
            finding(
                "listener " + listener.name(),
                now,
                List.of(listener),
                cure.formatted(listener.name())));
      } else if (share(listener) > now) {
        curable.add(listener);
      }
    }
    if (!curable.isEmpty()) {
      findings.add(
          finding(RANGE, now, curable, "sysctl -w %s=\"%d %d\"".formatted(RANGE, FIRST, LAST)));
    }
    return findings;
  }

  /**
   * How many ports it uses towards each upstream, when it has as many connections as it may.
   * Unknown upstreams are one. A client that keeps its port needs none.
   */
  private static int share(ListenerRequirements listener) {
    if (listener.source() instanceof SourceAddress.ClientIpPort) {
      return 0;
    }
    int upstreams = Math.max(1, listener.upstreams().size());
    return (int) Math.ceil((double) listener.maxConnections() / upstreams);
  }

  private static int count(BitSet ports, BitSet reserved) {
    BitSet free = (BitSet) ports.clone();
    free.andNot(reserved);
    return free.cardinality();
  }

  private static BitSet ports(String text, String between, String within) {
    BitSet ports = new BitSet(LAST + 1);
    for (String part : text.split(between, -1)) {
      if (!part.isBlank()) {
        String[] ends = part.strip().split(within, -1);
        ports.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
      }
    }
    return ports;
  }

  private static Finding finding(
      String subject, int ports, List<ListenerRequirements> listeners, String cure) {
    String shares =
        listeners.stream()
            .map(listener -> "%d of listener %s".formatted(share(listener), listener.name()))
            .collect(joining(", "));
    return new Finding(
        FindingType.SOURCE_PORTS,
        subject,
        "%s leaves %d source ports towards each upstream, and the connections to one may be %s."
            .formatted(RANGE, ports, shares),
        "When an address, of a client or of the proxy, has used all of its ports towards an upstream, further connections fail although max-connections is not reached.",
        cure);
  }
}

package dev.pellucid.runtime.host.examination;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.InterceptMode;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a listener asks of its host, its rules aside.
 *
 * @param name its name
 * @param transport what it accepts
 * @param address where it listens
 * @param mode how connections come in
 * @param interfaces where they arrive; empty: anywhere
 * @param oneFamily whether clients of the other family are meant to pass the proxy by
 * @param maxConnections how many may be open at once
 * @param backlog how many may wait to be accepted
 * @param source the address that upstreams see
 * @param upstreams the upstreams that are known beforehand
 */
public record ListenerRequirements(
    String name,
    Transport transport,
    InetSocketAddress address,
    InterceptMode mode,
    List<String> interfaces,
    boolean oneFamily,
    int maxConnections,
    int backlog,
    SourceAddress source,
    List<InetSocketAddress> upstreams) {

  /**
   * Copies the lists; an upstream with a name and no address is an {@link
   * IllegalArgumentException}.
   */
  public ListenerRequirements {
    interfaces = List.copyOf(interfaces);
    upstreams = List.copyOf(upstreams);
    for (InetSocketAddress upstream : upstreams) {
      if (upstream.isUnresolved()) {
        throw new IllegalArgumentException("the upstream " + upstream + " has no address");
      }
    }
  }

  /** Whether upstreams see an address that need not be this host's. */
  public boolean spoofs() {
    return !(source instanceof SourceAddress.Proxy);
  }

  /** Whether its socket takes what is addressed to others. */
  public boolean transparent() {
    return mode == InterceptMode.TPROXY || mode == InterceptMode.FOREIGN;
  }
}

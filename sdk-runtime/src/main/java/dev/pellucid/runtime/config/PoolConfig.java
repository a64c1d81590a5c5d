package dev.pellucid.runtime.config;

import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.host.IpFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A pool of upstreams.
 *
 * @param upstreams its upstreams, at least one unless they are discovered
 * @param discovery what finds them, if they are not listed
 * @param balancer what chooses among them
 */
public record PoolConfig(
    List<Upstream> upstreams, Optional<PluginSettings> discovery, PluginSettings balancer) {
  /** The key of the upstreams. */
  static final String UPSTREAMS = "pool";

  /** The key of what finds them. */
  static final String DISCOVERY = "discovery";

  /** The key of what chooses among them. */
  static final String BALANCER = "balancer";

  /** Copies the list. */
  public PoolConfig {
    upstreams = List.copyOf(upstreams);
  }

  /**
   * Reads a listener's own pool.
   *
   * @param shown an address of the family that upstreams have to be of, if it matters
   */
  static PoolConfig read(Section section, Optional<InetAddress> shown) {
    return read(section, shown, section.plugin(BALANCER, "round-robin"));
  }

  /**
   * Reads a pool that has a name.
   *
   * @param balancer what chooses if the pool does not say
   */
  static PoolConfig readNamed(
      Section section, Optional<InetAddress> shown, PluginSettings balancer) {
    PoolConfig pool = read(section, shown, section.plugin(BALANCER).orElse(balancer));
    pool.require(section);
    return pool;
  }

  private static PoolConfig read(
      Section section, Optional<InetAddress> shown, PluginSettings balancer) {
    return new PoolConfig(
        section.sections(UPSTREAMS, inner -> upstream(inner, shown)),
        section.plugin(DISCOVERY),
        balancer);
  }

  /** There has to be exactly one way to the upstreams. */
  void require(Section section) {
    if (section.has(DISCOVERY) && section.has(UPSTREAMS)) {
      section.problem(
          DISCOVERY, "cannot stand beside pool: upstreams are either listed or discovered");
    }
    if (section.isEmpty(UPSTREAMS) && !section.has(DISCOVERY)) {
      section.problem(
          UPSTREAMS,
          "needs at least one upstream, such as { address = \"10.2.0.2:80\" }, or a discovery in"
              + " its place");
    }
  }

  private static Optional<Upstream> upstream(Section section, Optional<InetAddress> shown) {
    int weight = section.read("weight", Readings.whole(1, Integer.MAX_VALUE), 1);
    Optional<InetSocketAddress> address = section.require("address", Readings.ADDRESS);
    address.ifPresent(upstream -> requireSameFamily(section, "address", shown, upstream));
    return address.map(upstream -> new Upstream(upstream, weight));
  }

  static void requireSameFamily(
      Section section, String key, Optional<InetAddress> shown, InetSocketAddress upstream) {
    IpFamily family = IpFamily.of(upstream.getAddress());
    if (shown.isPresent() && IpFamily.of(shown.get()) != family) {
      section.problem(
          key,
          "an %s upstream cannot see the %s address that it is to be shown; source = proxy can reach it"
              .formatted(name(family), name(IpFamily.of(shown.get()))));
    }
  }

  private static String name(IpFamily family) {
    return family == IpFamily.IPV4 ? "IPv4" : "IPv6";
  }
}

package dev.pellucid.runtime;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.Pool;
import dev.pellucid.runtime.host.IpFamily;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what is discovered into a pool, as far as it fits. Told one set after the other, on threads
 * that may block.
 */
final class DiscoveredPool implements Consumer<List<Upstream>> {
  private static final Logger log = LoggerFactory.getLogger(DiscoveredPool.class);

  private final String name;
  private final Optional<IpFamily> family;
  private final Pool pool;
  private List<Upstream> leftOut = List.of();
  private boolean told;

  /**
   * A pool that is discovered.
   *
   * @param name what the log calls it
   * @param family what its upstreams have to be of
   */
  DiscoveredPool(String name, Optional<IpFamily> family, Pool pool) {
    this.name = name;
    this.family = family;
    this.pool = pool;
  }

  @Override
  public void accept(List<Upstream> discovered) {
    leaveOut(discovered.stream().filter(upstream -> !fits(upstream)).toList());
    boolean changed = pool.update(discovered.stream().filter(this::fits).toList());
    if (changed || !told) {
      tell(pool.upstreams());
    }
  }

  private boolean fits(Upstream upstream) {
    return family.isEmpty() || family.get() == IpFamily.of(upstream.address().getAddress());
  }

  /** Says so when it changes, not each time a discovery repeats itself. */
  private void leaveOut(List<Upstream> unfit) {
    if (!unfit.isEmpty() && !unfit.equals(leftOut)) {
      log.warn(
          "{}: left out, because they are not of the family of the address that they are to be"
              + " shown: {}; source = proxy can reach them",
          name,
          text(unfit));
    }
    leftOut = unfit;
  }

  private void tell(List<Upstream> upstreams) {
    told = true;
    if (upstreams.isEmpty()) {
      log.warn("{}: there are no upstreams, connections are refused", name);
    } else {
      log.info("{}: the upstreams are {}", name, text(upstreams));
    }
  }

  private static String text(List<Upstream> upstreams) {
    return upstreams.stream()
        .map(
            upstream ->
                Addresses.text(upstream.address())
                    + (upstream.weight() == 1 ? "" : " weight " + upstream.weight()))
        .collect(Collectors.joining(", "));
  }
}

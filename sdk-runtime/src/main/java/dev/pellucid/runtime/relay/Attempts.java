package dev.pellucid.runtime.relay;

import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.RoutedConnection.Alternatives;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Upstream;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The upstream a connection is to reach, and those that are tried when it cannot. */
public final class Attempts {
  private final Alternatives alternatives;
  private final int retries;
  private Upstream upstream;

  /** Made at the first failure; most connections have none. */
  private @Nullable Set<Upstream> unreachable;

  private Attempts(Upstream first, Alternatives alternatives, int retries) {
    this.upstream = first;
    this.alternatives = alternatives;
    this.retries = retries;
  }

  /** One upstream and no other. */
  public static Attempts only(Upstream upstream) {
    return new Attempts(upstream, Alternatives.NONE, 0);
  }

  /**
   * A routed connection's upstream and its alternatives.
   *
   * @param retries how many alternatives may be tried
   */
  public static Attempts of(RoutedConnection routed, int retries) {
    return new Attempts(routed.upstream().orElseThrow(), routed.alternatives(), retries);
  }

  /** The upstream that is tried now, or was tried last. */
  public Upstream upstream() {
    return upstream;
  }

  /** Moves on to another upstream, if it was the last one's fault and there is one left. */
  boolean next(Termination failure) {
    if (failure.party() != Party.UPSTREAM || retries == 0) {
      return false;
    }
    if (unreachable == null) {
      unreachable = new HashSet<>();
    }
    unreachable.add(upstream);
    Optional<Upstream> next =
        unreachable.size() > retries ? Optional.empty() : alternatives.next(unreachable);
    next.ifPresent(chosen -> upstream = chosen);
    return next.isPresent();
  }
}

package dev.pellucid.javadsl;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.runtime.upstream.UpstreamPool;
import java.util.List;

/**
 * Upstreams that connections are balanced over, and that may change while they are. A pool serves
 * any number of graphs and copies of them; what its balancer counts, it counts over all. May be
 * used on any thread.
 *
 * <p>To follow a stream of changes: {@code discovery.upstreams().runForeach(pool::update, system)}.
 */
public final class Pool {
  private final UpstreamPool upstreams;

  private Pool(UpstreamPool upstreams) {
    this.upstreams = upstreams;
  }

  /**
   * A pool.
   *
   * @param upstreams what it begins with; while there are none, connections are refused
   * @param balancer what chooses among them, asked for its selection at once; no other pool should
   *     have the same, because a balancer may count. The pool does not close it.
   */
  public static Pool of(List<Upstream> upstreams, Balancer balancer) {
    UpstreamPool pool = new UpstreamPool(balancer);
    pool.update(upstreams);
    return new Pool(pool);
  }

  /** The upstreams now, each of them once. */
  public List<Upstream> upstreams() {
    return upstreams.upstreams();
  }

  /**
   * Replaces all upstreams, for connections that are yet to be routed; the others stay where they
   * are. Asks the balancer, which takes its time: not for an event loop. What the balancer throws
   * is thrown, and the pool stays as it was.
   *
   * @param upstreams in any order; none refuses connections
   * @return false if these are the upstreams already
   */
  public boolean update(List<Upstream> upstreams) {
    return this.upstreams.update(upstreams);
  }

  UpstreamPool upstreamPool() {
    return upstreams;
  }
}

package com.example.pellucid;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.Selection;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

// #balancer
/**
 * The balancer {@code rendezvous}: a client goes to the same upstream each time. If that one is not
 * usable, its clients spread over all others, and nobody else moves. Weights do not count.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code seed}</td><td>a number; proxies with the same one choose alike; 0 if not given</td></tr>
 * </table>
 */
record Rendezvous(long seed) implements Balancer {

  @Override
  public Selection over(List<Upstream> pool) {
    Hasher64 hasher = Hashing.xxh3_64(seed);
    // What can be worked out beforehand is: this runs once, select() for each connection.
    long[] hashes = pool.stream().mapToLong(upstream -> hash(hasher, upstream.address())).toArray();
    return (connection, usable) -> highest(hasher, connection, pool, hashes, usable);
  }

  // #balancer

  /** The upstream with the highest hash of it and the client together. Runs on event loops. */
  private static Optional<Upstream> highest(
      Hasher64 hasher,
      Connection connection,
      List<Upstream> pool,
      long[] hashes,
      Predicate<Upstream> usable) {
    long client = hasher.hashBytesToLong(connection.client().getAddress().getAddress());
    Upstream highest = null;
    long most = Long.MIN_VALUE;
    for (int i = 0; i < hashes.length; i++) {
      long hash = hasher.hashLongLongToLong(client, hashes[i]);
      if (hash >= most && usable.test(pool.get(i))) {
        most = hash;
        highest = pool.get(i);
      }
    }
    return Optional.ofNullable(highest);
  }

  private static long hash(Hasher64 hasher, InetSocketAddress address) {
    return hasher
        .hashStream()
        .putBytes(address.getAddress().getAddress())
        .putInt(address.getPort())
        .getAsLong();
  }

  static final class Factory implements BalancerFactory {

    @Override
    public String type() {
      return "rendezvous";
    }

    @Override
    public String description() {
      return "Sends each client to the same upstream, by the highest of its hashes";
    }

    @Override
    public Set<String> keys() {
      return Set.of("seed");
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new Rendezvous(settings.read("seed", Long::valueOf).orElse(0L));
    }
  }
}

package dev.pellucid.api.balance;

import dev.pellucid.api.Upstream;
import dev.pellucid.testkit.WeightedBalancerContract;
import java.util.List;

/** As a balancer of its own. */
class RendezvousTest extends WeightedBalancerContract {

  @Override
  protected Balancer balancer() {
    return RendezvousTest::over;
  }

  private static Selection over(List<Upstream> pool) {
    Rendezvous rendezvous = new Rendezvous(pool);
    ClientHash clients = new ClientHash(128);
    return (connection, usable) -> rendezvous.choose(clients.of(connection), usable);
  }
}

package dev.pellucid.plugin.leastconnections;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/** Brings the balancer {@code least-connections}, which has no settings. */
public final class LeastConnectionsPlugin implements ProxyPlugin {

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Factory());
  }

  /** Sends each connection to the upstream that has the fewest for its weight. */
  private static final class Factory implements BalancerFactory {
    @Override
    public String type() {
      return "least-connections";
    }

    @Override
    public String description() {
      return "Takes the upstream that has the fewest connections for its weight";
    }

    @Override
    public Set<String> keys() {
      return Set.of();
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new LeastConnections();
    }
  }
}

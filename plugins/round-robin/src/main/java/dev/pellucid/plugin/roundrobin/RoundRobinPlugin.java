package dev.pellucid.plugin.roundrobin;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/** Brings the balancer {@code round-robin}, which has no settings. */
public final class RoundRobinPlugin implements ProxyPlugin {

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Factory());
  }

  /** Lets the upstreams take turns, as often as their weights say. */
  private static final class Factory implements BalancerFactory {
    @Override
    public String type() {
      return "round-robin";
    }

    @Override
    public String description() {
      return "Takes the upstreams in turn, each as often as its weight says";
    }

    @Override
    public Set<String> keys() {
      return Set.of();
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new RoundRobin();
    }
  }
}

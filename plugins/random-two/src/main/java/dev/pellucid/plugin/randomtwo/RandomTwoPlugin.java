package dev.pellucid.plugin.randomtwo;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/** Brings the balancer {@code random-two}, which has no settings. */
public final class RandomTwoPlugin implements ProxyPlugin {

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Factory());
  }

  /** Sends each connection to the less loaded of two upstreams drawn at random. */
  private static final class Factory implements BalancerFactory {
    @Override
    public String type() {
      return "random-two";
    }

    @Override
    public String description() {
      return "Draws two upstreams at random and takes the less loaded one";
    }

    @Override
    public Set<String> keys() {
      return Set.of();
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new RandomTwo();
    }
  }
}

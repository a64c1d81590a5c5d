package dev.pellucid.plugin.sticky;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Brings the balancer {@code sticky}.
 *
 * <table>
 *   <caption>Its settings</caption>
 *   <tr><th>key</th><th>default</th><th>meaning</th></tr>
 *   <tr>
 *     <td>{@code expire}</td>
 *     <td>30m</td>
 *     <td>how long a client is remembered after its last new connection</td>
 *   </tr>
 *   <tr>
 *     <td>{@code size}</td>
 *     <td>100000</td>
 *     <td>how many clients are remembered, from 1 to 10,000,000; beyond that, those not seen for the
 *         longest time are forgotten</td>
 *   </tr>
 *   <tr>
 *     <td>{@code ipv6-prefix}</td>
 *     <td>128</td>
 *     <td>how many leading bits of an IPv6 address tell clients apart, from 1 to 128; with 64, all
 *         of one network go to the same upstream</td>
 *   </tr>
 * </table>
 */
public final class StickyPlugin implements ProxyPlugin {

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Factory());
  }

  /** Sends each client to the upstream it went to before, as long as it is remembered. */
  private static final class Factory implements BalancerFactory {
    @Override
    public String type() {
      return "sticky";
    }

    @Override
    public String description() {
      return "Remembers the upstream of each client for a while";
    }

    @Override
    public Set<String> keys() {
      return Set.of("expire", "size", ClientHash.IPV6_PREFIX);
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new Sticky(
          ClientHash.of(settings),
          settings.duration("expire", Duration.ofMinutes(30)),
          settings.whole("size", 1, 10_000_000, 100_000));
    }
  }
}

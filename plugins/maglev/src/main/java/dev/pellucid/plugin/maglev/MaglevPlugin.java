package dev.pellucid.plugin.maglev;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.balance.BalancerFactory;
import dev.pellucid.api.balance.ClientHash;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.Set;

/**
 * Brings the balancer {@code maglev}.
 *
 * <table>
 *   <caption>Its settings</caption>
 *   <tr><th>key</th><th>default</th><th>meaning</th></tr>
 *   <tr>
 *     <td>{@code ipv6-prefix}</td>
 *     <td>128</td>
 *     <td>how many leading bits of an IPv6 address tell clients apart, from 1 to 128; with 64, all
 *         of one network go to the same upstream</td>
 *   </tr>
 * </table>
 */
public final class MaglevPlugin implements ProxyPlugin {

  @Override
  public List<BalancerFactory> balancers() {
    return List.of(new Factory());
  }

  /** Sends each client to the upstream that a Maglev table says, very evenly. */
  private static final class Factory implements BalancerFactory {
    @Override
    public String type() {
      return "maglev";
    }

    @Override
    public String description() {
      return "Sends each client to the same upstream, by a Maglev hash of its address";
    }

    @Override
    public Set<String> keys() {
      return Set.of(ClientHash.IPV6_PREFIX);
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      return new Maglev(ClientHash.of(settings));
    }
  }
}

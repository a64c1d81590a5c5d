package dev.pellucid.plugin.staticdiscovery;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.discovery.DiscoveryFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Brings the discovery {@code static}, for where a discovery is asked for and the upstreams are
 * known. Elsewhere, {@code pool} says the same in fewer words.
 *
 * <table>
 *   <caption>Settings</caption>
 *   <tr><th>key</th><th>meaning</th><th>default</th></tr>
 *   <tr><td>{@code upstreams}</td><td>the upstreams, each {@code { address = "10.2.0.2:80", weight =
 *   1 }}</td><td>required</td></tr>
 * </table>
 */
public final class StaticDiscoveryPlugin implements ProxyPlugin {
  private static final String UPSTREAMS = "upstreams";
  private static final String ADDRESS = "address";
  private static final String WEIGHT = "weight";

  @Override
  public List<DiscoveryFactory> discoveries() {
    return List.of(new Factory());
  }

  private static final class Factory implements DiscoveryFactory {
    @Override
    public String type() {
      return "static";
    }

    @Override
    public String description() {
      return "The upstreams that its settings list";
    }

    @Override
    public Set<String> keys() {
      return Set.of(UPSTREAMS);
    }

    @Override
    public Discovery create(Settings settings, PluginContext context) {
      List<Upstream> upstreams =
          settings.objects(UPSTREAMS).stream().map(Factory::upstream).toList();
      if (upstreams.isEmpty()) {
        throw settings.bad(
            UPSTREAMS, "needs at least one upstream, such as { address = \"10.2.0.2:80\" }");
      }
      return () -> Source.single(upstreams);
    }

    private static Upstream upstream(Settings settings) {
      for (String key : settings.config().root().keySet()) {
        if (!key.equals(ADDRESS) && !key.equals(WEIGHT)) {
          throw settings.bad(key, "unknown key (known: address, weight)");
        }
      }
      InetSocketAddress address =
          settings
              .read(ADDRESS, Addresses::parse)
              .orElseThrow(() -> settings.bad(ADDRESS, "is missing, such as \"10.2.0.2:80\""));
      return new Upstream(address, settings.whole(WEIGHT, 1, Integer.MAX_VALUE, 1));
    }
  }
}

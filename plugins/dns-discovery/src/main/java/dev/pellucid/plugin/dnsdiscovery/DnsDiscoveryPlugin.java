package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.discovery.DiscoveryFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the discovery {@code dns}. Either {@code name} and {@code port} are given, or {@code
 * service}.
 *
 * <table>
 *   <caption>Settings</caption>
 *   <tr><th>key</th><th>meaning</th><th>default</th></tr>
 *   <tr><td>{@code name}</td><td>whose addresses (A and AAAA records) are the upstreams'</td><td></td></tr>
 *   <tr><td>{@code port}</td><td>the upstreams' port</td><td></td></tr>
 *   <tr><td>{@code service}</td><td>whose SRV records name the upstreams, their ports and
 *   weights, such as {@code _http._tcp.example.org}</td><td></td></tr>
 *   <tr><td>{@code interval}</td><td>how often is asked</td><td>{@code 30s}</td></tr>
 *   <tr><td>{@code family}</td><td>which addresses count: {@code any}, {@code ipv4} or {@code
 *   ipv6}</td><td>{@code any}</td></tr>
 *   <tr><td>{@code server}</td><td>who is asked, such as {@code 10.0.0.53:53}</td><td>the host's
 *   own servers</td></tr>
 * </table>
 */
public final class DnsDiscoveryPlugin implements ProxyPlugin {

  @Override
  public List<DiscoveryFactory> discoveries() {
    return List.of(new Factory());
  }

  private static final class Factory implements DiscoveryFactory {
    @Override
    public String type() {
      return "dns";
    }

    @Override
    public String description() {
      return "The addresses that the DNS has for a name or a service";
    }

    @Override
    public Set<String> keys() {
      return Set.of("name", "port", "service", "interval", "family", "server");
    }

    @Override
    public Discovery create(Settings settings, PluginContext context) {
      Optional<InetSocketAddress> server = settings.read("server", Addresses::parse);
      Duration interval = settings.duration("interval", Duration.ofSeconds(30));
      Family family = settings.read("family", Family::parse).orElse(Family.ANY);
      return new DnsDiscovery(question(settings, family), server, interval);
    }

    private static Question question(Settings settings, Family family) {
      Optional<String> name = settings.read("name", Factory::name);
      Optional<String> service = settings.read("service", Factory::name);
      if (name.isPresent() == service.isPresent()) {
        throw settings.bad(
            "service", "either name and port, or service is needed: what the DNS is asked for");
      }
      if (service.isPresent()) {
        if (settings.has("port")) {
          throw settings.bad("port", "goes with name; SRV records have ports of their own");
        }
        return new ServiceQuestion(service.get(), family);
      }
      if (!settings.has("port")) {
        throw settings.bad("port", "port is missing: addresses in the DNS have none");
      }
      return new NameQuestion(name.get(), settings.whole("port", 1, 65_535, 1), family);
    }

    private static String name(String text) {
      if (!Resolver.isName(text)) {
        throw new IllegalArgumentException(
            "must be a name in the DNS, such as web.example.org, not \"" + text + "\"");
      }
      return text;
    }
  }
}

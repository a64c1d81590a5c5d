package dev.pellucid.plugin.servername;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings two filters for TCP listeners: {@code sni} reads the server name and the application
 * protocols in a TLS ClientHello, {@code http-host} the host of the first HTTP/1 request.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>rules</td><td>the first one that a connection matches decides; default none</td></tr>
 * <tr><td>otherwise</td><td>{@code allow} or {@code deny}, for what asks for a name and matches no
 * rule; required</td></tr>
 * <tr><td>unnamed</td><td>{@code allow} or {@code deny}, for what matches no rule and asks for no
 * name that could be read; default {@code otherwise}</td></tr>
 * <tr><td>limit</td><td>how long to wait for the name; default 5s</td></tr>
 * </table>
 *
 * <table>
 * <caption>Settings of a rule</caption>
 * <tr><td>names</td><td>such as {@code example.org}; {@code *.example.org}, which is all names
 * below it; {@code *}, which is any</td></tr>
 * <tr><td>alpn</td><td>protocols such as {@code h2}, of which the client has to offer one; with
 * {@code sni} only</td></tr>
 * <tr><td>action</td><td>{@code allow}, {@code deny} or {@code route}; required</td></tr>
 * <tr><td>pool</td><td>the named pool that {@code route} leads to</td></tr>
 * </table>
 *
 * <p>A rule needs {@code names}, {@code alpn} or both. A connection gets the attributes {@code sni}
 * and {@code alpn}, or {@code http-host}, as far as it says so; {@code alpn} has the protocols it
 * offers first, up to 256 characters.
 */
public final class ServerNamePlugin implements ProxyPlugin {

  @Override
  public List<ConnectionFilterFactory> connectionFilters() {
    return List.of(
        new Factory(
            "sni", "Allows, denies or routes by the server name of TLS", new TlsProtocol(), true),
        new Factory(
            "http-host",
            "Allows, denies or routes by the host of HTTP/1",
            new HttpProtocol(),
            false));
  }

  /**
   * Makes the filters of one type, which is also the name of the attribute that they set.
   *
   * @param alpn whether rules may ask for application protocols
   */
  private record Factory(String type, String description, Protocol protocol, boolean alpn)
      implements ConnectionFilterFactory {
    private static final String LIMIT = "limit";

    @Override
    public Set<String> keys() {
      Set<String> keys = new HashSet<>(Rules.KEYS);
      keys.add(LIMIT);
      return keys;
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      if (context.transport() != Transport.TCP) {
        throw settings.bad(
            "type", type + " reads TCP, and listener " + context.listener() + " takes UDP");
      }
      return new ServerNameFilter(
          protocol,
          Attribute.text(type),
          Rules.read(settings, context, alpn),
          settings.duration(LIMIT, Duration.ofSeconds(5)));
    }
  }
}

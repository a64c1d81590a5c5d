package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Direction;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings the filter {@code bandwidth}, which limits how fast the bytes of connections move. TCP
 * peers are slowed down, and the bytes stay in the kernel; UDP datagrams above the limit are
 * dropped.
 *
 * <table>
 * <caption>Settings; at least one of the first two</caption>
 * <tr><td>{@code from-client}</td><td>bytes per second from the client to the upstream, such as
 *     {@code 1MiB}; none: no limit</td></tr>
 * <tr><td>{@code from-upstream}</td><td>bytes per second from the upstream to the client; none: no
 *     limit</td></tr>
 * <tr><td>{@code burst}</td><td>how many bytes may move at once after a pause, in each of these
 *     directions, at least a 50th of its rate; with UDP at least {@code 64KiB}, because a larger
 *     datagram would never pass; default: a 10th of the rate, at least {@code 64KiB}</td></tr>
 * <tr><td>{@code per}</td><td>what has a limit of its own: each {@code connection} (default), each
 *     {@code client} while it has connections, or the whole {@code listener}</td></tr>
 * </table>
 *
 * <p>With {@code per = client} it also has those of {@link ClientNetworks}, which say what one
 * client is.
 */
public final class BandwidthPlugin implements ProxyPlugin {

  @Override
  public List<ConnectionFilterFactory> connectionFilters() {
    return List.of(new Factory());
  }

  private static final class Factory implements ConnectionFilterFactory {
    private static final String BURST = "burst";
    private static final long LARGEST_DATAGRAM = 65536;

    /** Event loops look at their timers that often, at least. */
    private static final int TIMERS_PER_SECOND = 50;

    @Override
    public String type() {
      return "bandwidth";
    }

    @Override
    public String description() {
      return "Limits how fast bytes may move, per connection, per client or for the listener";
    }

    @Override
    public Set<String> keys() {
      Set<String> keys = new HashSet<>(ClientNetworks.KEYS);
      keys.addAll(List.of("from-client", "from-upstream", BURST, "per"));
      return keys;
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      Map<Direction, Rate> rates = new EnumMap<>(Direction.class);
      read(settings, context, "from-client", Direction.FROM_CLIENT, rates);
      read(settings, context, "from-upstream", Direction.FROM_UPSTREAM, rates);
      if (rates.isEmpty()) {
        throw settings.bad("from-client", "set from-client or from-upstream, or both");
      }
      BandwidthFilter.Per per =
          settings.read("per", BandwidthFilter.Per::parse).orElse(BandwidthFilter.Per.CONNECTION);
      return new BandwidthFilter(per, networks(settings, per), rates);
    }

    private static ClientNetworks networks(Settings settings, BandwidthFilter.Per per) {
      for (String key : ClientNetworks.KEYS) {
        if (per != BandwidthFilter.Per.CLIENT && settings.has(key)) {
          throw settings.bad(key, "goes with per = client only");
        }
      }
      return ClientNetworks.read(settings);
    }

    private static void read(
        Settings settings,
        PluginContext context,
        String key,
        Direction direction,
        Map<Direction, Rate> rates) {
      settings
          .bytes(key)
          .ifPresent(
              rate -> {
                if (rate > Bandwidth.MAX_RATE) {
                  throw settings.bad(key, "must be at most 1TiB a second");
                }
                rates.put(direction, new Rate(rate, burst(settings, context, rate)));
              });
    }

    private static long burst(Settings settings, PluginContext context, long rate) {
      long burst = settings.bytes(BURST).orElseGet(() -> Bandwidth.of(rate).burst());
      if (burst > Bandwidth.MAX_BURST) {
        throw settings.bad(BURST, "must be at most 8GiB");
      }
      if (burst < rate / TIMERS_PER_SECOND) {
        throw settings.bad(
            BURST,
            "must be at least a 50th of the rate, "
                + rate / TIMERS_PER_SECOND
                + ", or the rate cannot be reached");
      }
      if (context.transport() == Transport.UDP && burst < LARGEST_DATAGRAM) {
        throw settings.bad(
            BURST, "must be at least 64KiB with udp: a larger datagram would never pass");
      }
      return burst;
    }
  }
}

package dev.pellucid.plugin.limit;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ClientNetworks;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.Settings;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections of a client while it has fewer than so many open. Those that this filter has
 * accepted count until they are over, however they end; those it rejects never count. All loops of
 * a listener share the counts, listeners do not.
 *
 * <p>It remembers clients that have connections open, and no others.
 */
final class ConnectionLimit implements ConnectionFilter {
  private static final String CONNECTIONS = "connections";

  private final ClientNetworks networks;
  private final Integer most;
  private final ConcurrentMap<Cidr, Integer> open = new ConcurrentHashMap<>();

  private ConnectionLimit(ClientNetworks networks, int most) {
    this.networks = networks;
    this.most = most;
  }

  static ConnectionLimit read(Settings settings) {
    int most = settings.whole(CONNECTIONS, 1, Integer.MAX_VALUE, 0);
    if (most == 0) {
      throw settings.bad(CONNECTIONS, "is missing: how many connections a client may have open");
    }
    return new ConnectionLimit(ClientNetworks.read(settings), most);
  }

  @Override
  public Verdict decide(Connection connection) {
    Cidr client = networks.of(connection);
    if (!admit(client)) {
      return Verdict.reject();
    }
    connection.onClose(termination -> release(client));
    return Verdict.accept();
  }

  private boolean admit(Cidr client) {
    while (true) {
      @Nullable Integer count = open.get(client);
      if (count == null) {
        if (open.putIfAbsent(client, 1) == null) {
          return true;
        }
      } else if (count >= most) {
        return false;
      } else if (open.replace(client, count, count + 1)) {
        return true;
      }
    }
  }

  private void release(Cidr client) {
    open.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
  }

  /** How many clients are remembered. */
  int clients() {
    return open.size();
  }
}

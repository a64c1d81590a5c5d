package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The limits of each client that has a connection; with its last one they disappear. */
final class Clients {
  private final Map<Direction, Rate> rates;
  private final Map<InetAddress, Client> clients = new ConcurrentHashMap<>();

  /**
   * A client.
   *
   * @param connections how many it has
   */
  private record Client(Share share, int connections) {}

  Clients(Map<Direction, Rate> rates) {
    this.rates = rates;
  }

  /** What a connection shares with the others of its client. */
  Share join(Connection connection) {
    InetAddress address = connection.client().getAddress();
    Client joined =
        clients.compute(
            address,
            (key, client) ->
                client == null
                    ? new Client(new Share(rates), 1)
                    : new Client(client.share, client.connections + 1));
    connection.onClose(termination -> leave(address));
    return joined.share;
  }

  private void leave(InetAddress address) {
    clients.computeIfPresent(
        address,
        (key, client) ->
            client.connections == 1 ? null : new Client(client.share, client.connections - 1));
  }

  /** How many clients there are. */
  int size() {
    return clients.size();
  }
}

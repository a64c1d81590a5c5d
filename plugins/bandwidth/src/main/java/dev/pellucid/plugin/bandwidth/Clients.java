package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.filter.ClientNetworks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The limits of each client that has a connection; with its last one they disappear. */
final class Clients {
  private final ClientNetworks networks;
  private final Map<Direction, Rate> rates;
  private final Map<Cidr, Client> clients = new ConcurrentHashMap<>();

  /**
   * A client.
   *
   * @param connections how many it has
   */
  private record Client(Share share, int connections) {}

  Clients(ClientNetworks networks, Map<Direction, Rate> rates) {
    this.networks = networks;
    this.rates = rates;
  }

  /** What a connection shares with the others of its client. */
  Share join(Connection connection) {
    Cidr network = networks.of(connection);
    Client joined =
        clients.compute(
            network,
            (key, client) ->
                client == null
                    ? new Client(new Share(rates), 1)
                    : new Client(client.share, client.connections + 1));
    connection.onClose(termination -> leave(network));
    return joined.share;
  }

  private void leave(Cidr network) {
    clients.computeIfPresent(
        network,
        (key, client) ->
            client.connections == 1 ? null : new Client(client.share, client.connections - 1));
  }

  /** How many clients there are. */
  int size() {
    return clients.size();
  }
}

package dev.pellucid.runtime;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.Interception;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import dev.pellucid.javadsl.TransparentUdp;
import dev.pellucid.javadsl.UdpRelaySettings;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.host.InterceptMode;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A listener and the graph that does what its configuration says.
 *
 * @param listener the listener
 * @param graph materializes when it accepts, and when the last summary was logged
 */
record Pipeline(
    ListenerConfig listener,
    RunnableGraph<Pair<CompletionStage<Binding>, CompletionStage<Done>>> graph) {

  /** A listener's pipeline, whose sockets have a mark; 0: none. */
  static Pipeline of(
      ActorSystem system,
      ListenerConfig listener,
      int mark,
      ListenerPlugins plugins,
      ListenerPools pools) {
    BindSettings settings = bindSettings(listener).withMark(mark);
    return switch (listener.transport()) {
      case TCP -> {
        TransparentTcp tcp = TransparentTcp.get(system);
        yield of(
            listener,
            plugins,
            pools,
            tcp.bind(settings),
            tcp.relay(relaySettings(listener, plugins).withMark(mark)));
      }
      case UDP -> {
        TransparentUdp udp = TransparentUdp.get(system);
        yield of(
            listener,
            plugins,
            pools,
            udp.bind(settings),
            udp.relay(udpRelaySettings(listener, plugins).withMark(mark)));
      }
    };
  }

  private static Pipeline of(
      ListenerConfig listener,
      ListenerPlugins plugins,
      ListenerPools pools,
      Source<Connection, CompletionStage<Binding>> accepted,
      Flow<RoutedConnection, ConnectionSummary, NotUsed> relay) {
    Source<Connection, CompletionStage<Binding>> connections = accepted;
    for (var filter : plugins.connectionFilters()) {
      connections = connections.via(Stages.filter(filter));
    }
    return new Pipeline(
        listener,
        connections
            .via(route(pools))
            .via(relay)
            .toMat(Stages.accessLog(plugins.accessLog()), Keep.both()));
  }

  private static Flow<Connection, RoutedConnection, NotUsed> route(ListenerPools pools) {
    return pools
        .own()
        .map(pool -> Stages.balance(pool, pools.named()))
        .orElseGet(() -> Stages.toOriginalDestination(pools.named()));
  }

  private static BindSettings bindSettings(ListenerConfig listener) {
    return BindSettings.create(listener.address())
        .withInterception(interception(listener.intercept().mode()))
        .withProxyProtocol(listener.proxyProtocol())
        .withMaxConnections(listener.maxConnections());
  }

  private static Interception interception(InterceptMode mode) {
    return switch (mode) {
      case TPROXY -> Interception.TPROXY;
      case FOREIGN -> Interception.FOREIGN;
      case REDIRECT -> Interception.REDIRECT;
      case NONE -> Interception.NONE;
    };
  }

  private static RelaySettings relaySettings(ListenerConfig listener, ListenerPlugins plugins) {
    RelaySettings settings =
        RelaySettings.create()
            .withSource(listener.upstream().source())
            .withProxyProtocol(listener.upstream().proxyProtocol())
            .withConnectTimeout(listener.upstream().connectTimeout())
            .withRetries(listener.upstream().retries())
            .withIdleTimeout(listener.timeouts().idle())
            .withHalfClosedTimeout(listener.timeouts().halfClosed());
    for (ByteFilter filter : plugins.byteFilters()) {
      settings = settings.withByteFilter(filter);
    }
    return settings;
  }

  private static UdpRelaySettings udpRelaySettings(
      ListenerConfig listener, ListenerPlugins plugins) {
    UdpRelaySettings settings =
        UdpRelaySettings.create()
            .withSource(listener.upstream().source())
            .withProxyProtocol(listener.upstream().proxyProtocol())
            .withRetries(listener.upstream().retries())
            .withIdleTimeout(listener.timeouts().idle())
            .withResponses(listener.upstream().responses());
    for (DatagramFilter filter : plugins.datagramFilters()) {
      settings = settings.withDatagramFilter(filter);
    }
    return settings;
  }
}

package dev.pellucid.javadsl;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.runtime.relay.DialOptions;
import dev.pellucid.runtime.relay.UdpListenerGroup;
import dev.pellucid.runtime.relay.UdpRelayOptions;
import dev.pellucid.runtime.stage.DatagramStage;
import dev.pellucid.runtime.stage.RelayStage;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Transparent UDP for an actor system. The datagrams between one client's port and one original
 * destination are a session, and sessions are {@linkplain Connection connections} that pass through
 * the same stages as those of {@link TransparentTcp}: the first datagram is the accept. Run graphs
 * of them with {@link EventLoops#runOnEach}. May be used on any thread.
 */
public final class TransparentUdp implements Extension {
  /** How long a session may be silent whose datagrams go through a stream of the user's. */
  private static final Duration STREAM_IDLE = Duration.ofSeconds(30);

  private static final ExtensionId ID = new ExtensionId();

  private final EventLoops loops;

  private TransparentUdp(EventLoops loops) {
    this.loops = loops;
  }

  /** Transparent UDP for an actor system. */
  public static TransparentUdp get(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /**
   * Sessions that come to a listener. Every materialization opens a socket of its own; those of one
   * source share the address, the limit and the counters.
   *
   * <p>The source ends only by {@link Binding#unbind} or by cancellation. The materialized stage
   * fails with {@link BindException} if the listener cannot be opened.
   *
   * @throws IllegalArgumentException if the settings are for TCP alone: redirection, dual stack,
   *     version 1 of the PROXY protocol
   */
  public Source<Connection, CompletionStage<Binding>> bind(BindSettings settings) {
    if (settings.interception() == Interception.REDIRECT) {
      throw new IllegalArgumentException("UDP cannot be redirected: its destination would be lost");
    }
    if (settings.dualStack()) {
      throw new IllegalArgumentException("a UDP listener takes one version of IP: merge two");
    }
    UdpRelaySettings.requireUdp(settings.proxyProtocol());
    return loops.bind(
        new UdpListenerGroup(
            settings.listenerOptions(),
            connection -> DatagramStage.flow(connection, STREAM_IDLE.toNanos())));
  }

  /**
   * Sends the datagrams of each session to its upstream, and what the upstream sends to the client,
   * from the address that the client has asked. It emits a session's summary when it is over: when
   * all {@linkplain UdpRelaySettings#withResponses responses} have come, when nothing has moved for
   * long, or when ICMP tells that nobody listens at the upstream.
   */
  public Flow<RoutedConnection, ConnectionSummary, NotUsed> relay(UdpRelaySettings settings) {
    return Flow.fromGraph(
        RelayStage.udp(
            new UdpRelayOptions(
                new DialOptions(settings.source(), settings.mark()),
                settings.proxyProtocol(),
                settings.retries(),
                settings.idleTimeout().toNanos(),
                settings.responses(),
                settings.datagramFilters())));
  }

  private static final class ExtensionId extends AbstractExtensionId<TransparentUdp> {
    @Override
    public TransparentUdp createExtension(ExtendedActorSystem system) {
      return new TransparentUdp(EventLoops.get(system));
    }
  }
}

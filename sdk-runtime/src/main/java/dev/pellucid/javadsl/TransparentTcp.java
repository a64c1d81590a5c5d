package dev.pellucid.javadsl;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.relay.ListenerGroup;
import dev.pellucid.runtime.relay.ListenerOptions;
import dev.pellucid.runtime.relay.RelayOptions;
import dev.pellucid.runtime.stage.BindStage;
import dev.pellucid.runtime.stage.RelayStage;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Transparent TCP for an actor system: the stages that accept and relay connections. Run graphs of
 * them with {@link EventLoops#runOnEach}. May be used on any thread.
 */
public final class TransparentTcp implements Extension {
  private static final ExtensionId ID = new ExtensionId();

  private final EventLoops loops;

  private TransparentTcp(EventLoops loops) {
    this.loops = loops;
  }

  /** Transparent TCP for an actor system. */
  public static TransparentTcp get(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /**
   * Connections that come to a listener. Every materialization opens a listening socket of its own;
   * those of one source share the address, the limit and the counters.
   *
   * <p>The source ends only by {@link Binding#unbind} or by cancellation. The materialized stage
   * fails with {@link BindException} if the listener cannot be opened.
   */
  public Source<Connection, CompletionStage<Binding>> bind(BindSettings settings) {
    boolean transparent = settings.interception() == Interception.TPROXY;
    ListenerGroup group =
        new ListenerGroup(
            new ListenerOptions(settings.address(), transparent, settings.backlog()),
            settings.maxConnections());
    return Source.fromGraph(new BindStage(group, loops::next))
        .mapMaterializedValue(
            opened ->
                opened
                    .thenApply(listener -> new Binding(listener, group))
                    .exceptionallyCompose(failure -> bindFailed(settings.address(), failure)));
  }

  private static CompletionStage<Binding> bindFailed(InetSocketAddress address, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return CompletableFuture.failedStage(
        cause instanceof LinuxException linux ? new BindException(address, linux) : cause);
  }

  /**
   * Connects to the upstream of each connection, relays its bytes and emits its summary when both
   * sides are closed. Any number of connections are relayed at once; their bytes do not enter the
   * heap.
   */
  public Flow<RoutedConnection, ConnectionSummary, NotUsed> relay(RelaySettings settings) {
    RelayOptions options =
        new RelayOptions(
            settings.source(),
            settings.connectTimeout().toNanos(),
            settings.retries(),
            settings.idleTimeout().toNanos(),
            settings.halfClosedTimeout().toNanos());
    return Flow.fromGraph(new RelayStage(options));
  }

  private static final class ExtensionId extends AbstractExtensionId<TransparentTcp> {
    @Override
    public TransparentTcp createExtension(ExtendedActorSystem system) {
      return new TransparentTcp(EventLoops.get(system));
    }
  }
}

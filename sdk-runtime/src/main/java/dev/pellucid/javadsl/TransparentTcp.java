package dev.pellucid.javadsl;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.relay.Attempts;
import dev.pellucid.runtime.relay.DialOptions;
import dev.pellucid.runtime.relay.DialedSocket;
import dev.pellucid.runtime.relay.RelayOptions;
import dev.pellucid.runtime.relay.TcpConnection;
import dev.pellucid.runtime.relay.TcpListenerGroup;
import dev.pellucid.runtime.stage.RelayStage;
import dev.pellucid.runtime.stage.SocketStage;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

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
    return loops.bind(new TcpListenerGroup(settings.listenerOptions(), SocketStage::flow));
  }

  /**
   * Connects to the upstream of each connection, relays its bytes and emits its summary when both
   * sides are closed. Any number of connections are relayed at once; their bytes do not enter the
   * heap, unless there is a {@linkplain RelaySettings#withByteFilter byte filter}.
   */
  public Flow<RoutedConnection, ConnectionSummary, NotUsed> relay(RelaySettings settings) {
    return Flow.fromGraph(RelayStage.tcp(options(settings), settings.byteFilters()));
  }

  private static RelayOptions options(RelaySettings settings) {
    return new RelayOptions(
        new DialOptions(settings.source(), settings.mark()),
        settings.proxyProtocol(),
        settings.connectTimeout().toNanos(),
        settings.retries(),
        settings.idleTimeout().toNanos(),
        settings.halfClosedTimeout().toNanos());
  }

  /**
   * The bytes of a new connection to an upstream: what goes in is written to it, what comes out was
   * received from it. Ends and failures travel as with {@link Connection#flow}. Of the settings,
   * the source address, the mark, the PROXY protocol and the connect timeout count; the header says
   * that the proxy speaks for itself.
   *
   * <p>The materialized stage, and the stream with it, fails with {@link
   * dev.pellucid.api.ConnectionException} if the upstream cannot be reached.
   *
   * @throws IllegalArgumentException if the source address is a client's: say which client's
   */
  public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> outgoingConnection(
      Upstream upstream, RelaySettings settings) {
    SourceAddress source = settings.source();
    if (source instanceof SourceAddress.ClientIp || source instanceof SourceAddress.ClientIpPort) {
      throw new IllegalArgumentException("the source is the client's address, but no client given");
    }
    return outgoing(
        () -> DialedSocket.of(currentOrNext(), Attempts.only(upstream), options(settings)));
  }

  /**
   * The same on behalf of a client, whose address the upstream may see, and a header names.
   *
   * @throws IllegalArgumentException if the connection is not one of {@link #bind}'s
   */
  public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> outgoingConnection(
      Connection client, Upstream upstream, RelaySettings settings) {
    if (!(client instanceof TcpConnection connection)) {
      throw new IllegalArgumentException(client + " is not a connection of this proxy's");
    }
    return outgoing(() -> DialedSocket.of(connection, Attempts.only(upstream), options(settings)));
  }

  private static Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> outgoing(
      Supplier<DialedSocket> dialing) {
    return Flow.fromGraph(new SocketStage(dialing))
        .mapMaterializedValue(
            opened ->
                opened.thenApply(
                    socket -> new OutgoingConnection(socket.remote(), socket.local())));
  }

  private EventLoop currentOrNext() {
    EventLoop current = EventLoop.current();
    return current != null ? current : loops.next();
  }

  private static final class ExtensionId extends AbstractExtensionId<TransparentTcp> {
    @Override
    public TransparentTcp createExtension(ExtendedActorSystem system) {
      return new TransparentTcp(EventLoops.get(system));
    }
  }
}

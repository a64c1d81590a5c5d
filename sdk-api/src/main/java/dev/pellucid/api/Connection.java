package dev.pellucid.api;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/**
 * An intercepted connection, from its acceptance until the relay has closed both of its legs. A UDP
 * session is one as well: its first datagram is the acceptance.
 *
 * <p>A connection is an element of a Pekko stream. Whoever takes one out of the stream owns it and
 * must {@linkplain #refuse refuse} it or relay it; a connection that is merely dropped, say by
 * Pekko's own {@code filter}, stays open. A stage that refuses a connection passes it on all the
 * same: later stages leave refused connections alone, the relay closes them, and so every one of
 * them reaches the access log.
 *
 * <p>All methods may be called on any thread; none blocks.
 */
public interface Connection {

  /**
   * Which of its listener's named pools a connection goes to. A filter sets it; a connection that
   * has none goes to the pool that has no name, and one whose pool does not exist is refused.
   */
  Attribute<String> POOL = Attribute.text("pool");

  /** A number that no other connection of this process has. */
  long id();

  /** The transport protocol. */
  Transport transport();

  /** The client's address and port, as its packets carried them. */
  InetSocketAddress client();

  /**
   * The address and port the client asked for. On an intercepting listener it is usually not an
   * address of this host.
   */
  InetSocketAddress originalDestination();

  /**
   * Whether the client addressed someone other than this listener. It is false on an ordinary
   * listener, and where a client connected to an intercepting listener's own port; relaying such a
   * connection to its {@linkplain #originalDestination original destination} would lead the proxy
   * back to itself.
   */
  boolean intercepted();

  /** When the connection was accepted. */
  Instant acceptedAt();

  /**
   * Ends this connection before it is relayed. The client sees a reset, with UDP nothing. Only the
   * first call counts, and none does once the relay has taken the connection over.
   *
   * @param termination what the access log tells about the end
   */
  void refuse(Termination termination);

  /**
   * The bytes of this connection, as in Pekko's {@code IncomingConnection}: what goes into the flow
   * is written to the client, what comes out was received from it.
   *
   * <p>Materializing the flow takes the connection over, as the relay does otherwise; that can be
   * done once, and only while the connection was not {@linkplain #refuse refused}. The stream fails
   * with {@link IllegalStateException} if it cannot. Both directions end independently: when the
   * client sends the end of its stream, the flow completes its output and goes on writing; when the
   * flow's input completes, the end of the stream is sent and the flow goes on reading. When the
   * output is cancelled, what the client still sends is discarded.
   *
   * <p>The datagrams of a UDP session go through such a flow too, each as one element, which may be
   * empty. What arrives faster than the stream takes it is dropped. There is no end of a stream to
   * receive: the flow completes when nothing has moved for 30 seconds.
   *
   * <p>A reset received fails the stream with a {@link ConnectionException}. A stream that fails,
   * or cancels with a failure, resets the connection.
   *
   * <p>{@linkplain #limit Limits} hold here as well: of what the client sends by reading, of what
   * goes to the client by writing no faster.
   *
   * <p>On the connection's own event loop bytes take the shortest way; on any other dispatcher the
   * flow works too, only slower.
   */
  Flow<ByteString, ByteString, NotUsed> flow();

  /**
   * Looks at the first bytes the client sends, without receiving them: whoever takes the connection
   * over finds them all. Looking does not make relaying slower.
   *
   * @param least how many bytes to wait for, from 1 to 16384
   * @param most how many bytes to look at, from {@code least} to 16384
   * @param limit how long to wait for them
   * @return completes on an event loop when {@code least} bytes have arrived, with all that have,
   *     up to {@code most}; with UDP at once, with the session's first datagram as far as {@code
   *     most}; otherwise, when the client has ended its stream or the time is over, with what there
   *     is, possibly nothing. Fails with {@link IllegalStateException} if the connection is refused
   *     or taken over before.
   */
  CompletionStage<ByteString> peek(int least, int most, Duration limit);

  /** Looks at exactly so many first bytes, as far as there are so many. */
  default CompletionStage<ByteString> peek(int bytes, Duration limit) {
    return peek(bytes, bytes, limit);
  }

  /**
   * Limits how fast the bytes of one direction move, in addition to what limits it already. TCP
   * peers are slowed down: what may not move yet is not received either, and the sender's kernel
   * finds its window closed. Relaying stays in the kernel. With UDP, as on any other hop, datagrams
   * above the limit are dropped and counted. While bytes wait for a limit, the connection is not
   * idle.
   *
   * @param bandwidth shared with all to whom the same instance is given
   * @throws IllegalStateException if the connection was taken over already
   */
  void limit(Direction direction, Bandwidth bandwidth);

  /**
   * Attaches a value to this connection. It stays until the connection is gone, its access log
   * entry included.
   *
   * @param value replaces what was attached before
   */
  <T> void set(Attribute<T> attribute, T value);

  /** What is attached to this connection, if anything is. */
  <T> Optional<T> get(Attribute<T> attribute);

  /**
   * Has an action run when this connection is over, however it ends: on its event loop, once, in
   * the order of these calls, before its access log entry is written. If it is over already, the
   * action runs soon. What an action throws is logged.
   *
   * @param action told how the connection ended; must not block
   */
  void onClose(Consumer<Termination> action);

  /** How this connection was {@linkplain #refuse refused}; empty while it was not. */
  Optional<Termination> refusal();
}

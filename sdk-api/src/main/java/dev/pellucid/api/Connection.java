package dev.pellucid.api;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * An intercepted connection, from its acceptance until the relay has closed both of its legs.
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
   * Ends this connection before it is relayed. The client sees a reset. Only the first call counts,
   * and none does once the relay has taken the connection over.
   *
   * @param termination what the access log tells about the end
   */
  void refuse(Termination termination);

  /** How this connection was {@linkplain #refuse refused}; empty while it was not. */
  Optional<Termination> refusal();
}

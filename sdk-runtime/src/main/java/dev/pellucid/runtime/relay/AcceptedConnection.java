package dev.pellucid.runtime.relay;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of a listener, whatever its transport. The methods of {@link Connection} may be
 * called on any thread.
 */
public abstract class AcceptedConnection implements Connection {
  private static final Logger log = LoggerFactory.getLogger(AcceptedConnection.class);
  private static final AtomicLong lastId = new AtomicLong();

  private final long id = lastId.incrementAndGet();
  private final Listener listener;
  private final EventLoop loop;
  private final InetSocketAddress client;
  private final InetSocketAddress originalDestination;
  private final long acceptedMillis = System.currentTimeMillis();
  private final long acceptedNanos;

  // Guarded by this.
  private @Nullable Termination refusal;
  private boolean taken;
  private @Nullable Map<Attribute<?>, Object> attributes;
  private @Nullable Map<Direction, List<Bandwidth>> limits;

  // Belong to the loop.
  private @Nullable ConnectionOwner owner;
  private @Nullable Cause aborted;
  private @Nullable List<Consumer<Termination>> onClose;
  private @Nullable Termination end;

  AcceptedConnection(
      Listener listener,
      EventLoop loop,
      InetSocketAddress client,
      InetSocketAddress originalDestination) {
    this.listener = listener;
    this.loop = loop;
    this.client = client;
    this.originalDestination = originalDestination;
    this.acceptedNanos = loop.now();
  }

  @Override
  public final long id() {
    return id;
  }

  @Override
  public final InetSocketAddress client() {
    return client;
  }

  @Override
  public final InetSocketAddress originalDestination() {
    return originalDestination;
  }

  @Override
  public final boolean intercepted() {
    ListenerOptions options = listener.group().options();
    return switch (options.mode()) {
      case DIRECT ->
          options.proxyProtocol() != ProxyProtocol.NONE
              && !listener.group().isListener(originalDestination);
      case FOREIGN -> true;
      case TPROXY, REDIRECT -> !listener.group().isListener(originalDestination);
    };
  }

  @Override
  public final Instant acceptedAt() {
    return Instant.ofEpochMilli(acceptedMillis);
  }

  @Override
  public final void refuse(Termination termination) {
    synchronized (this) {
      if (taken || refusal != null) {
        return;
      }
      refusal = termination;
    }
    loop.run(
        () -> {
          discard();
          over(termination);
        });
  }

  /** Lets go of what this connection holds, because it was refused. Called on the loop, once. */
  abstract void discard();

  @Override
  public final synchronized Optional<Termination> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Whether it was refused, or taken over. */
  final synchronized boolean gone() {
    return taken || refusal != null;
  }

  /**
   * Takes the connection over; from now on it cannot be refused. False if it was, or if someone
   * else has taken it.
   */
  public final synchronized boolean take() {
    if (taken || refusal != null) {
      return false;
    }
    taken = true;
    return true;
  }

  /** Called once, on the loop, by what has taken this connection over. */
  final void ownedBy(ConnectionOwner owner) {
    this.owner = owner;
    Cause cause = aborted;
    if (cause != null) {
      // Not before the owner has begun.
      loop.execute(() -> owner.abort(cause));
    }
  }

  /** Ends this connection with resets, wherever it is. May be called on any thread. */
  public final void abort(Cause cause) {
    loop.run(
        () -> {
          aborted = cause;
          if (owner != null) {
            owner.abort(cause);
          } else {
            refuse(new Termination(Party.PROXY, Phase.ROUTE, cause));
          }
        });
  }

  @Override
  public final synchronized void limit(Direction direction, Bandwidth bandwidth) {
    if (taken) {
      throw new IllegalStateException(
          this + " was taken over already, and can be limited no more: limit it in a filter");
    }
    Objects.requireNonNull(bandwidth, "bandwidth");
    if (limits == null) {
      limits = new EnumMap<>(Direction.class);
    }
    limits.computeIfAbsent(direction, first -> new ArrayList<>(2)).add(bandwidth);
  }

  /** What limits a direction. It does not change once this connection is taken. */
  final synchronized List<Bandwidth> limits(Direction direction) {
    return limits == null ? List.of() : limits.getOrDefault(direction, List.of());
  }

  @Override
  public final synchronized <T> void set(Attribute<T> attribute, T value) {
    if (attributes == null) {
      attributes = new HashMap<>(4);
    }
    attributes.put(attribute, attribute.type().cast(value));
  }

  @Override
  public final synchronized <T> Optional<T> get(Attribute<T> attribute) {
    return attributes == null
        ? Optional.empty()
        : Optional.ofNullable(attribute.type().cast(attributes.get(attribute)));
  }

  @Override
  public final void onClose(Consumer<Termination> action) {
    loop.run(
        () -> {
          if (end != null) {
            run(action, end);
            return;
          }
          if (onClose == null) {
            onClose = new ArrayList<>(2);
          }
          onClose.add(action);
        });
  }

  /** Called once, on the loop, when nothing is held any more. */
  final void over(Termination termination) {
    listener.over(this, termination);
    end = termination;
    if (onClose != null) {
      onClose.forEach(action -> run(action, termination));
      onClose = null;
    }
  }

  private void run(Consumer<Termination> action, Termination termination) {
    try {
      action.accept(termination);
    } catch (RuntimeException | Error e) {
      log.error("what was to be done at the end of {} failed", this, e);
    }
  }

  /** The loop this connection was accepted on and stays on. */
  public final EventLoop loop() {
    return loop;
  }

  /** When this connection was accepted, in the terms of {@link EventLoop#now}. */
  final long acceptedNanos() {
    return acceptedNanos;
  }

  @Override
  public String toString() {
    return "connection " + id + " " + client + " -> " + originalDestination;
  }
}

package dev.pellucid.runtime.relay;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** An accepted TCP connection. The methods of {@link Connection} may be called on any thread. */
public final class TcpConnection implements Connection {
  private static final AtomicLong lastId = new AtomicLong();

  private final long id = lastId.incrementAndGet();
  private final EventLoop loop;
  private final int fd;
  private final InetSocketAddress client;
  private final InetSocketAddress originalDestination;
  private final TcpListener listener;
  private final long acceptedMillis = System.currentTimeMillis();
  private final long acceptedNanos;

  // Guarded by this.
  private @Nullable Termination refusal;
  private boolean taken;

  // Belong to the loop.
  private @Nullable ConnectionOwner owner;
  private @Nullable Peeks peeks;

  TcpConnection(
      TcpListener listener,
      EventLoop loop,
      int fd,
      InetSocketAddress client,
      InetSocketAddress originalDestination) {
    this.loop = loop;
    this.fd = fd;
    this.client = client;
    this.originalDestination = originalDestination;
    this.listener = listener;
    this.acceptedNanos = loop.now();
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Transport transport() {
    return Transport.TCP;
  }

  @Override
  public InetSocketAddress client() {
    return client;
  }

  @Override
  public InetSocketAddress originalDestination() {
    return originalDestination;
  }

  @Override
  public boolean intercepted() {
    return originalDestination.getPort() != listener.address().getPort()
        || !isLocal(originalDestination, listener.address());
  }

  private static boolean isLocal(InetSocketAddress destination, InetSocketAddress listener) {
    try {
      return destination.getAddress().equals(listener.getAddress())
          || NetworkInterface.getByInetAddress(destination.getAddress()) != null;
    } catch (SocketException e) {
      // Without a list of interfaces the cautious answer is the one that cannot loop.
      return true;
    }
  }

  @Override
  public Instant acceptedAt() {
    return Instant.ofEpochMilli(acceptedMillis);
  }

  @Override
  public void refuse(Termination termination) {
    synchronized (this) {
      if (taken || refusal != null) {
        return;
      }
      refusal = termination;
    }
    loop.run(
        () -> {
          endPeeks("it was refused");
          loop.forget(fd);
          loop.sockets().reset(fd);
          over(termination);
        });
  }

  @Override
  public Flow<ByteString, ByteString, NotUsed> flow() {
    return listener.flow(this);
  }

  @Override
  public CompletionStage<ByteString> peek(int bytes, Duration limit) {
    Peeks.requireValid(bytes, limit);
    CompletableFuture<ByteString> result = new CompletableFuture<>();
    loop.run(() -> peek(bytes, limit, result));
    return result.minimalCompletionStage();
  }

  private void peek(int bytes, Duration limit, CompletableFuture<ByteString> result) {
    if (gone()) {
      result.completeExceptionally(new IllegalStateException(this + " is taken or refused"));
      return;
    }
    try {
      if (peeks == null) {
        peeks = Peeks.start(loop, fd);
      }
      peeks.add(bytes, limit.toNanos(), result);
    } catch (LinuxException e) {
      result.completeExceptionally(e);
    }
  }

  private synchronized boolean gone() {
    return taken || refusal != null;
  }

  private void endPeeks(String why) {
    if (peeks != null) {
      peeks.end(new IllegalStateException(this + " cannot be peeked at any more: " + why));
    }
  }

  @Override
  public synchronized Optional<Termination> refusal() {
    return Optional.ofNullable(refusal);
  }

  /**
   * Takes the socket over; from now on the connection cannot be refused. False if it was, or if
   * someone else has taken it.
   */
  public synchronized boolean take() {
    if (taken || refusal != null) {
      return false;
    }
    taken = true;
    return true;
  }

  /** Called once, on the loop, by what has taken this connection over. */
  void ownedBy(ConnectionOwner owner) {
    this.owner = owner;
  }

  /**
   * Starts to deliver the socket's events to what has taken this connection over.
   *
   * @return the events that were told before, to whom peeked; the new handler has to take note of
   *     them, because none is told twice
   * @throws LinuxException if the kernel refuses the descriptor
   */
  int deliverTo(EventHandler handler) throws LinuxException {
    if (peeks == null) {
      loop.register(fd, Leg.INTEREST, handler);
      return 0;
    }
    endPeeks("it was taken over");
    loop.replaceHandler(fd, handler);
    return peeks.events();
  }

  /** Ends this connection with resets, wherever it is. May be called on any thread. */
  public void abort() {
    loop.run(
        () -> {
          if (owner != null) {
            owner.abort();
          } else {
            refuse(new Termination(Party.PROXY, Phase.ROUTE, Cause.STOPPED));
          }
        });
  }

  /** Called once, on the loop, when the socket is closed. */
  void over(Termination termination) {
    listener.over(this, termination);
  }

  /** The loop this connection was accepted on and stays on. */
  public EventLoop loop() {
    return loop;
  }

  int descriptor() {
    return fd;
  }

  /** When this connection was accepted, in the terms of {@link EventLoop#now}. */
  long acceptedNanos() {
    return acceptedNanos;
  }

  @Override
  public String toString() {
    return "connection " + id + " " + client + " -> " + originalDestination;
  }
}

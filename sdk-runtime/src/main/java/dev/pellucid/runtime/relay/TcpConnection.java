package dev.pellucid.runtime.relay;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
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

  // Belongs to the loop.
  private @Nullable TcpRelay relay;

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
          loop.sockets().reset(fd);
          over(termination);
        });
  }

  @Override
  public synchronized Optional<Termination> refusal() {
    return Optional.ofNullable(refusal);
  }

  /** Takes the socket over; from now on the connection cannot be refused. False if it was. */
  public synchronized boolean take() {
    taken = refusal == null;
    return taken;
  }

  /** Called once, by the relay that has taken this connection over. */
  void relayedBy(TcpRelay owner) {
    relay = owner;
  }

  /** Ends this connection with resets, wherever it is. May be called on any thread. */
  public void abort() {
    loop.run(
        () -> {
          if (relay != null) {
            relay.abort();
          } else {
            refuse(new Termination(Party.PROXY, Phase.ROUTE, Cause.STOPPED));
          }
        });
  }

  /** Called once, when the socket is closed. */
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

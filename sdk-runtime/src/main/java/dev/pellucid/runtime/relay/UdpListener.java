package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket that all clients send to, and the sessions that it tells apart by the client's
 * address and the original destination. The first datagram of a session is its acceptance.
 */
final class UdpListener extends Listener {
  private static final Logger log = LoggerFactory.getLogger(UdpListener.class);

  /**
   * Room for what arrives while the loop does something else. The kernel takes as much of it as
   * net.core.rmem_max allows.
   */
  static final int RECEIVE_BUFFER = 4 << 20;

  /** After so many system calls the loop's other sockets have their turn. */
  private static final int READS_PER_TURN = 8;

  private final UdpListenerGroup group;
  private final DatagramBatch batch;
  private final SessionNames names;

  /** In the order of their last datagrams, the eldest first. */
  private final Map<SessionName, UdpConnection> sessions = new LinkedHashMap<>(16, 0.75f, true);

  /** The sessions that nobody has asked for yet. */
  private final Queue<UdpConnection> accepted = new ArrayDeque<>();

  /** Sessions so far. */
  private long begun;

  private boolean resuming;
  private @Nullable Runnable onClosed;
  private boolean closed;

  private UdpListener(
      UdpListenerGroup group, EventLoop loop, int fd, InetSocketAddress address, Runnable onReady) {
    super(group, loop, fd, address, onReady);
    this.group = group;
    this.batch = loop.datagrams();
    this.names = new SessionNames(group.options().proxyProtocol());
  }

  static UdpListener open(UdpListenerGroup group, EventLoop loop, Runnable onReadable)
      throws LinuxException {
    SocketCalls sockets = loop.sockets();
    int fd = group.openSocket(sockets);
    try {
      // Reply sockets share the port with it.
      ListenerGroup.enable(sockets, fd, SocketOption.SO_REUSEADDR);
      ListenerGroup.enable(sockets, fd, SocketOption.SO_REUSEPORT);
      ListenerGroup.enable(
          sockets,
          fd,
          group.address().getAddress() instanceof Inet4Address
              ? SocketOption.IP_RECVORIGDSTADDR
              : SocketOption.IPV6_RECVORIGDSTADDR);
      LinuxException.check(
          "setsockopt SO_RCVBUF", sockets.set(fd, SocketOption.SO_RCVBUF, RECEIVE_BUFFER));
      group.bind(sockets, fd);
      UdpListener listener = new UdpListener(group, loop, fd, sockets.localAddress(fd), onReadable);
      loop.register(fd, Epoll.IN, events -> listener.receive());
      return listener;
    } catch (LinuxException e) {
      loop.forgetAndClose(fd);
      throw e;
    }
  }

  private void receive() {
    for (int i = 0; i < READS_PER_TURN; i++) {
      int n = batch.receiveAddressed(fd);
      if (n < 0) {
        if (n != -Errno.EAGAIN) {
          log.warn("receiving on {} failed: {}", address(), Errno.describe(-n));
        }
        return;
      }
      long before = begun;
      dispatch(n);
      if (n < DatagramBatch.CAPACITY || closed) {
        return;
      }
      if (begun > before) {
        // What else they sent waits in the kernel, where there is more room, until they are routed.
        break;
      }
    }
    resumeLater();
  }

  private void resumeLater() {
    if (!resuming) {
      resuming = true;
      loop.executeNextTurn(
          () -> {
            resuming = false;
            if (!closed) {
              receive();
            }
          });
    }
  }

  /** Datagrams of one session that follow each other are handed on together. */
  private void dispatch(int n) {
    SessionName name = names.of(batch, 0);
    int from = 0;
    for (int to = 1; to <= n; to++) {
      SessionName next = to < n ? names.of(batch, to) : null;
      if (to == n || !Objects.equals(name, next)) {
        deliver(name, from, to);
        from = to;
      }
      name = next;
    }
  }

  private void deliver(@Nullable SessionName name, int from, int to) {
    UdpConnection session = name == null ? null : session(name);
    if (session != null) {
      session.received(batch, from, to);
    } else {
      countDropped(to - from);
    }
  }

  private @Nullable UdpConnection session(SessionName name) {
    UdpConnection known = sessions.get(name);
    return known != null ? known : begin(name);
  }

  private @Nullable UdpConnection begin(SessionName name) {
    if (onClosed != null || accepted.size() >= group.options().backlog() || !makeRoom()) {
      return null;
    }
    UdpConnection session = new UdpConnection(this, loop, name);
    sessions.put(name, session);
    accepted.add(session);
    begun++;
    group.counters().countAccepted();
    readable();
    return session;
  }

  /** At the limit, the session that has been silent for longest makes room. */
  private boolean makeRoom() {
    if (group.limit().tryAcquire()) {
      return true;
    }
    if (sessions.isEmpty()) {
      return false;
    }
    sessions.values().iterator().next().abort(Cause.EVICTED);
    return group.limit().tryAcquire();
  }

  @Override
  public @Nullable AcceptedConnection accept() {
    return paused() ? null : accepted.poll();
  }

  /** The upstream has sent something to a session, which is no longer the eldest. */
  void touch(UdpConnection session) {
    sessions.get(session.name());
  }

  Flow<ByteString, ByteString, NotUsed> flow(UdpConnection connection) {
    return group.flow(connection);
  }

  void countDropped(int datagrams) {
    group.counters().countDropped(datagrams);
  }

  /**
   * The way back to whoever sends a session's datagrams. What is sent there has to come from the
   * address and the port that they were sent to: if those are not the listener's own, from a socket
   * that is bound to them.
   *
   * @throws DialException if the socket cannot be had
   */
  DatagramLeg clientLeg(UdpConnection session) throws DialException {
    InetSocketAddress sender = session.name().flow().clientAddress();
    InetSocketAddress asked = session.name().flow().destinationAddress();
    if (group.options().mode() == ListenerMode.TPROXY && !group.isListener(asked)) {
      return ReplySockets.of(loop).acquire(asked, group.options().mark(), sender);
    }
    return new ListenerLeg(
        fd, sender, asked.equals(address()) ? Optional.empty() : Optional.of(asked.getAddress()));
  }

  @Override
  Collection<UdpConnection> open() {
    return sessions.values();
  }

  @Override
  void over(AcceptedConnection connection, Termination termination) {
    sessions.remove(((UdpConnection) connection).name());
    super.over(connection, termination);
    group.closeDrained();
  }

  /** Sessions need the listener to the end: their clients send to it. */
  @Override
  public void close(Runnable onClosed) {
    if (this.onClosed == null) {
      this.onClosed = onClosed;
      accepted.forEach(session -> session.abort(Cause.STOPPED));
      accepted.clear();
      group.draining(this);
    }
  }

  /** Called once, on any thread, when nobody needs the socket any more. */
  void closeSocket() {
    try {
      loop.run(this::closeNow);
    } catch (RejectedExecutionException e) {
      // The loop has ended.
      Descriptor.close(fd);
    }
  }

  private void closeNow() {
    closed = true;
    loop.forgetAndClose(fd);
    // They may have the address that the next listener wants.
    ReplySockets.of(loop).closeIdle();
    group.closed();
    if (onClosed != null) {
      onClosed.run();
    }
  }
}

package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import dev.pellucid.runtime.proxyprotocol.Decoded;
import dev.pellucid.runtime.proxyprotocol.Decoded.Complete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Incomplete;
import dev.pellucid.runtime.proxyprotocol.Decoded.Malformed;
import dev.pellucid.runtime.proxyprotocol.ProxyHeader.Forwarded;
import dev.pellucid.runtime.proxyprotocol.ProxyHeaders;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An accepted socket that has to begin with a PROXY protocol header. The bytes are looked at until
 * the header is whole, and then it is received, and nothing after it. Lives on the loop.
 */
final class AwaitedHeader implements EventHandler {
  private static final Logger log = LoggerFactory.getLogger(AwaitedHeader.class);

  /** It comes with the connection, so only a packet that is lost takes time. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** One byte more tells whether something follows. */
  private static final int LOOK = ProxyHeaders.MAX_LENGTH + 1;

  private final AwaitedHeaders headers;
  private final EventLoop loop;
  private final ProxyProtocol version;
  private final int fd;
  private final InetSocketAddress peer;
  private final InetSocketAddress local;
  private @Nullable Timer timer;
  private int events;
  private int needed;

  /**
   * Awaits a header.
   *
   * @param peer who has connected
   * @param local to which address
   */
  AwaitedHeader(
      AwaitedHeaders headers,
      EventLoop loop,
      ProxyProtocol version,
      int fd,
      InetSocketAddress peer,
      InetSocketAddress local) {
    this.headers = headers;
    this.loop = loop;
    this.version = version;
    this.fd = fd;
    this.peer = peer;
    this.local = local;
  }

  /**
   * Looks for the first time; a header that is there already costs no event.
   *
   * @return what has become of it; null if it has to be {@linkplain #watch watched}
   */
  @Nullable TcpConnection begin() {
    return look();
  }

  /** Looks on when more comes, but not for ever. */
  void watch() throws LinuxException {
    loop.register(fd, Leg.INTEREST, this);
    timer = loop.schedule(LIMIT_NANOS, this::timeOut);
  }

  @Override
  public void onEvents(int more) {
    events |= more;
    TcpConnection connection = look();
    if (connection != null) {
      headers.concluded(this, connection);
    }
  }

  private void timeOut() {
    headers.concluded(this, refused(Party.CLIENT, Cause.TIMEOUT, "it took too long"));
  }

  /** Gives up, because the proxy stops. */
  void abort() {
    headers.concluded(this, refused(Party.PROXY, Cause.STOPPED, "the proxy stops"));
  }

  private @Nullable TcpConnection look() {
    NativeMemory buffer = loop.buffer();
    int seen = (int) SocketCalls.peek(fd, buffer.address(), LOOK);
    if (seen < 0 && seen != -Errno.EAGAIN) {
      return refused(Party.CLIENT, Cause.RESET, Errno.describe(-seen));
    }
    Decoded decoded = decode(Math.max(0, seen));
    if (decoded instanceof Complete complete) {
      return receive(complete, seen);
    }
    if (decoded instanceof Malformed malformed) {
      log.warn("{} to {}: bad PROXY protocol header: {}", peer, local, malformed.reason());
      return refused(Party.CLIENT, Cause.BAD_PROXY_HEADER, malformed.reason());
    }
    return seen == 0 || (events & (Epoll.RDHUP | Epoll.HUP | Epoll.ERR)) != 0 ? cutOff() : null;
  }

  private TcpConnection cutOff() {
    return (events & Epoll.ERR) != 0
        ? refused(Party.CLIENT, Cause.RESET, Errno.describe(loop.sockets().takeError(fd)))
        : refused(Party.CLIENT, Cause.BAD_PROXY_HEADER, "the stream ends within it");
  }

  /** Copies nothing while it is known that it is not enough. */
  private Decoded decode(int length) {
    if (length < needed) {
      return new Incomplete(needed);
    }
    byte[] bytes = new byte[length];
    loop.buffer().get(0, bytes, 0, length);
    Decoded decoded = ProxyHeaders.decode(version, Transport.TCP, bytes, length);
    if (decoded instanceof Incomplete incomplete) {
      needed = incomplete.needed();
    }
    return decoded;
  }

  private TcpConnection receive(Complete complete, int seen) {
    int length = complete.length();
    if (SocketCalls.receive(fd, loop.buffer().address(), length) != length) {
      // Reads stop at urgent data, and a header has none.
      return refused(Party.CLIENT, Cause.BAD_PROXY_HEADER, "it is interrupted");
    }
    if (seen == length) {
      // The socket is dry again; what comes next is told anew.
      events &= ~Epoll.IN;
    }
    return complete.header() instanceof Forwarded forwarded
        ? connection(forwarded.source(), forwarded.destination())
        : connection(peer, local);
  }

  private TcpConnection refused(Party party, Cause cause, String reason) {
    log.debug("{} to {} is refused for its PROXY protocol header: {}", peer, local, reason);
    TcpConnection connection = connection(peer, local);
    connection.refuse(new Termination(party, Phase.ROUTE, cause));
    return connection;
  }

  private TcpConnection connection(InetSocketAddress client, InetSocketAddress destination) {
    Peeks watched = null;
    if (timer != null) {
      loop.cancel(timer);
      watched = Peeks.resume(loop, fd, events);
    }
    return headers.connection(fd, client, destination, watched);
  }
}

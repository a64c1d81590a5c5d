package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** The UDP listeners of an address. */
public final class UdpListenerGroup extends ListenerGroup {
  private final Set<UdpListener> draining = new HashSet<>();
  private final Function<UdpConnection, Flow<ByteString, ByteString, NotUsed>> flows;

  /**
   * A group without listeners.
   *
   * @param flows makes the streams of those sessions whose datagrams are asked for
   */
  public UdpListenerGroup(
      ListenerOptions options,
      Function<UdpConnection, Flow<ByteString, ByteString, NotUsed>> flows) {
    super(options);
    this.flows = flows;
  }

  /** A listener takes no further sessions. */
  synchronized void draining(UdpListener listener) {
    draining.add(listener);
    closeDrained();
  }

  /**
   * Draining listeners close together, when no session is left: as long as there are any, the
   * kernel would spread their clients anew over the sockets that remain, which do not know them.
   */
  synchronized void closeDrained() {
    if (limit().open() == 0) {
      draining.forEach(UdpListener::closeSocket);
      draining.clear();
    }
  }

  @Override
  Listener openListener(EventLoop loop, Runnable onReadable) throws LinuxException {
    return UdpListener.open(this, loop, onReadable);
  }

  @Override
  int openSocket(SocketCalls sockets) throws LinuxException {
    return LinuxException.check("socket", sockets.udpSocket(address().getAddress()));
  }

  /** Without SO_REUSEADDR, which lets any two UDP sockets that have it share an address. */
  @Override
  void probe(SocketCalls sockets, int fd) throws LinuxException {
    bind(sockets, fd);
  }

  Flow<ByteString, ByteString, NotUsed> flow(UdpConnection connection) {
    return flows.apply(connection);
  }
}

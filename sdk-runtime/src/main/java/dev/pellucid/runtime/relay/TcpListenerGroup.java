package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;

/** The TCP listeners of an address. */
public final class TcpListenerGroup extends ListenerGroup {
  private final Function<TcpConnection, Flow<ByteString, ByteString, NotUsed>> flows;

  /**
   * A group without listeners.
   *
   * @param flows makes the streams of those connections whose bytes are asked for
   */
  public TcpListenerGroup(
      ListenerOptions options,
      Function<TcpConnection, Flow<ByteString, ByteString, NotUsed>> flows) {
    super(options);
    this.flows = flows;
  }

  @Override
  Listener openListener(EventLoop loop, Runnable onReadable) throws LinuxException {
    return TcpListener.open(this, loop, onReadable);
  }

  @Override
  int openSocket(SocketCalls sockets) throws LinuxException {
    return LinuxException.check("socket", sockets.tcpSocket(address().getAddress()));
  }

  @Override
  void probe(SocketCalls sockets, int fd) throws LinuxException {
    enable(sockets, fd, SocketOption.SO_REUSEADDR);
    bind(sockets, fd);
    LinuxException.check("listen on " + text(), sockets.listen(fd, 1));
  }

  Flow<ByteString, ByteString, NotUsed> flow(TcpConnection connection) {
    return flows.apply(connection);
  }
}

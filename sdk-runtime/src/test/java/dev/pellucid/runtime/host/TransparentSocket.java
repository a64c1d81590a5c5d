package dev.pellucid.runtime.host;

import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A socket with IP_TRANSPARENT, just enough of one to see where the rules send packets. */
final class TransparentSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 5000;

  private final SocketCalls calls = new SocketCalls();
  private final int fd;

  private TransparentSocket(InetAddress address, int port) throws LinuxException {
    fd = LinuxException.check("socket", calls.tcpSocket(address));
    LinuxException.check("transparent", calls.enable(fd, SocketOption.IP_TRANSPARENT));
    LinuxException.check("reuse address", calls.enable(fd, SocketOption.SO_REUSEADDR));
    LinuxException.check("bind", calls.bind(fd, address, port));
  }

  /** Who connected, and to which address. */
  record Accepted(InetSocketAddress client, InetSocketAddress originalDestination) {}

  /** Listens in the calling thread's namespace. */
  static TransparentSocket listen(String address, int port) throws IOException {
    TransparentSocket socket = new TransparentSocket(InetAddress.getByName(address), port);
    LinuxException.check("listen", socket.calls.listen(socket.fd, 16));
    return socket;
  }

  /** Connects from an address that need not be this host's. */
  static TransparentSocket connect(InetAddress from, InetSocketAddress to) throws IOException {
    TransparentSocket socket = new TransparentSocket(from, 0);
    socket.calls.connect(socket.fd, to);
    socket.await(Epoll.OUT);
    LinuxException.check("connect", -socket.calls.takeError(socket.fd));
    return socket;
  }

  Accepted accept() throws IOException {
    await(Epoll.IN);
    int connection = LinuxException.check("accept", calls.accept(fd));
    try {
      return new Accepted(calls.acceptedPeer(), calls.localAddress(connection));
    } finally {
      Descriptor.close(connection);
    }
  }

  private void await(int event) throws IOException {
    try (Epoll epoll = Epoll.create(1)) {
      epoll.add(fd, event, 0);
      if (epoll.await(PATIENCE_MILLIS) == 0) {
        throw new IOException("nothing came within " + PATIENCE_MILLIS + " ms");
      }
    }
  }

  @Override
  public void close() {
    Descriptor.close(fd);
  }
}

package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.LibC;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A socket with IP_TRANSPARENT, just enough of one to see where the rules send packets. */
final class TransparentSocket implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 5000;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_NONBLOCK = 0x800;

  private final NativeMemory buffer = NativeMemory.allocate(1 << 16);
  private final SocketCalls calls = new SocketCalls();
  private final int fd;

  private TransparentSocket(int fd, InetAddress address, int port) throws LinuxException {
    this.fd = LinuxException.check("socket", fd);
    LinuxException.check("transparent", calls.enable(fd, SocketOption.IP_TRANSPARENT));
    LinuxException.check("reuse address", calls.enable(fd, SocketOption.SO_REUSEADDR));
    LinuxException.check("bind", calls.bind(fd, address, port));
  }

  private static TransparentSocket tcp(InetAddress address, int port) throws LinuxException {
    return new TransparentSocket(new SocketCalls().tcpSocket(address), address, port);
  }

  /** Who connected, and to which address. */
  record Accepted(InetSocketAddress client, InetSocketAddress originalDestination) {}

  /** Listens in the calling thread's namespace. */
  static TransparentSocket listen(String address, int port) throws IOException {
    TransparentSocket socket = tcp(InetAddress.getByName(address), port);
    LinuxException.check("listen", socket.calls.listen(socket.fd, 16));
    return socket;
  }

  /** Connects from an address that need not be this host's. */
  static TransparentSocket connect(InetAddress from, InetSocketAddress to) throws IOException {
    TransparentSocket socket = tcp(from, 0);
    socket.calls.connect(socket.fd, to);
    socket.await(Epoll.OUT);
    LinuxException.check("connect", -socket.calls.takeError(socket.fd));
    return socket;
  }

  /** A UDP socket in the calling thread's namespace. */
  static TransparentSocket udp(InetAddress address, int port) throws IOException {
    int family = address instanceof Inet4Address ? AF_INET : AF_INET6;
    return new TransparentSocket(
        LibC.C.socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0), address, port);
  }

  /** A UDP socket that talks to one peer, from an address that need not be this host's. */
  static TransparentSocket udp(InetAddress from, InetSocketAddress to) throws IOException {
    TransparentSocket socket = udp(from, 0);
    LinuxException.check("connect", socket.calls.connect(socket.fd, to));
    return socket;
  }

  /** Sends a datagram of one byte. */
  void send(byte content) throws IOException {
    buffer.put(0, new byte[] {content}, 0, 1);
    LinuxException.check("send", (int) SocketCalls.send(fd, buffer.address(), 1, false));
  }

  /** Waits for a datagram of one byte. */
  byte receive() throws IOException {
    assertEquals(1, receiveLength());
    byte[] content = new byte[1];
    buffer.get(0, content, 0, 1);
    return content[0];
  }

  /** Waits for a datagram and returns its length. */
  int receiveLength() throws IOException {
    await(Epoll.IN);
    int length = (int) SocketCalls.receive(fd, buffer.address(), buffer.size());
    return LinuxException.check("receive", length);
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

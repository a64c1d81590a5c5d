package dev.pellucid.runtime.linux;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The socket calls of one thread. It keeps the native memory they need, so that no call allocates
 * any; an event loop owns one. Not thread-safe.
 */
public final class SocketCalls {
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_FLAGS = Descriptor.O_NONBLOCK | Descriptor.O_CLOEXEC;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ERROR = 4;
  private static final int SO_LINGER = 13;
  private static final int SO_MARK = 36;
  private static final int SOL_IP = 0;
  private static final int SOL_IPV6 = 41;
  private static final int SO_ORIGINAL_DST = 80;
  private static final int SHUT_WR = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_MORE = 0x8000;
  private static final int MSG_PEEK = 0x2;

  private final NativeMemory address = NativeMemory.allocate(SocketAddresses.MAX_SIZE);
  private final NativeMemory value = NativeMemory.allocate(8);
  private final NativeMemory length = NativeMemory.allocate(4);

  /**
   * socket(2): a non-blocking TCP socket of the family of an address.
   *
   * @return the descriptor, or the negative errno
   */
  public int tcpSocket(InetAddress family) {
    return socket(family, SOCK_STREAM);
  }

  /**
   * socket(2): a non-blocking UDP socket of the family of an address.
   *
   * @return the descriptor, or the negative errno
   */
  public int udpSocket(InetAddress family) {
    return socket(family, SOCK_DGRAM);
  }

  private static int socket(InetAddress family, int type) {
    int fd = LibC.C.socket(SocketAddresses.family(family), type | SOCK_FLAGS, 0);
    return fd >= 0 ? fd : -LibC.errno();
  }

  /** setsockopt(2) to 1: 0, or the negative errno. */
  public int enable(int fd, SocketOption option) {
    return set(fd, option, 1);
  }

  /** setsockopt(2) to 0: 0, or the negative errno. */
  public int disable(int fd, SocketOption option) {
    return set(fd, option, 0);
  }

  /** setsockopt(2): 0, or the negative errno. */
  public int set(int fd, SocketOption option, int content) {
    return set(fd, option.level, option.number, content);
  }

  private int set(int fd, int level, int number, int content) {
    value.putInt(0, content);
    int result = LibC.C.setsockopt(fd, level, number, value.address(), 4);
    return result == 0 ? 0 : -LibC.errno();
  }

  /**
   * setsockopt(2), SO_MARK: has all packets of a socket carry a mark. Needs CAP_NET_RAW.
   *
   * @return 0, or the negative errno
   */
  public int mark(int fd, int mark) {
    return set(fd, SOL_SOCKET, SO_MARK, mark);
  }

  /** bind(2): 0, or the negative errno. */
  public int bind(int fd, InetAddress host, int port) {
    int size = SocketAddresses.write(address, host, port);
    return LibC.C.bind(fd, address.address(), size) == 0 ? 0 : -LibC.errno();
  }

  /** listen(2): 0, or the negative errno. */
  public int listen(int fd, int backlog) {
    return LibC.C.listen(fd, backlog) == 0 ? 0 : -LibC.errno();
  }

  /**
   * accept4(2): the non-blocking descriptor of the next connection, or the negative errno. {@link
   * #acceptedPeer} then tells who connected.
   */
  public int accept(int listener) {
    while (true) {
      length.putInt(0, SocketAddresses.MAX_SIZE);
      int fd = LibC.C.accept4(listener, address.address(), length.address(), SOCK_FLAGS);
      if (fd >= 0) {
        return fd;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /** The peer of the connection that {@link #accept} has just returned. */
  public InetSocketAddress acceptedPeer() {
    return SocketAddresses.read(address);
  }

  /**
   * getsockname(2): the local address of a socket, which is the original destination of a
   * connection that TPROXY intercepted.
   */
  public InetSocketAddress localAddress(int fd) throws LinuxException {
    length.putInt(0, SocketAddresses.MAX_SIZE);
    if (LibC.C.getsockname(fd, address.address(), length.address()) != 0) {
      throw LinuxException.last("getsockname");
    }
    return SocketAddresses.read(address);
  }

  /**
   * getsockopt(2), SO_ORIGINAL_DST: where an accepted connection went before it was redirected.
   *
   * @param local the socket's local address, whose family counts
   * @return null if connection tracking knows nothing of this connection
   * @throws LinuxException with {@link Errno#ENOPROTOOPT} if there is no connection tracking
   */
  public @Nullable InetSocketAddress originalDestination(int fd, InetAddress local)
      throws LinuxException {
    int level = SocketAddresses.family(local) == SocketAddresses.AF_INET ? SOL_IP : SOL_IPV6;
    length.putInt(0, SocketAddresses.MAX_SIZE);
    int result = LibC.C.getsockopt(fd, level, SO_ORIGINAL_DST, address.address(), length.address());
    if (result == 0) {
      return SocketAddresses.read(address);
    }
    int errno = LibC.errno();
    if (errno == Errno.ENOENT) {
      return null;
    }
    throw new LinuxException("getsockopt SO_ORIGINAL_DST", errno);
  }

  /** connect(2): 0, or the negative errno, usually {@link Errno#EINPROGRESS}. */
  public int connect(int fd, InetSocketAddress destination) {
    int size = SocketAddresses.write(address, destination.getAddress(), destination.getPort());
    return LibC.C.connect(fd, address.address(), size) == 0 ? 0 : -LibC.errno();
  }

  /**
   * connect(2) to AF_UNSPEC: takes a UDP socket's peer away, and its port unless that was bound.
   *
   * @return 0, or the negative errno
   */
  public int disconnect(int fd) {
    address.putLong(0, 0);
    return LibC.C.connect(fd, address.address(), 16) == 0 ? 0 : -LibC.errno();
  }

  /** Takes the pending error of a socket, as a positive errno; 0 if there is none. */
  public int takeError(int fd) {
    length.putInt(0, 4);
    value.putInt(0, 0);
    int result = LibC.C.getsockopt(fd, SOL_SOCKET, SO_ERROR, value.address(), length.address());
    return result == 0 ? value.getInt(0) : LibC.errno();
  }

  /** Sends the end of the stream. A connection that is gone already is left alone. */
  public void shutdownWrite(int fd) {
    LibC.C.shutdown(fd, SHUT_WR);
  }

  /** Closes a connection with a reset; what was not sent yet is discarded. */
  public void reset(int fd) {
    value.putInt(0, 1);
    value.putInt(4, 0);
    LibC.C.setsockopt(fd, SOL_SOCKET, SO_LINGER, value.address(), 8);
    LibC.C.close(fd);
  }

  /** recv(2): the number of bytes, 0 at the end of the stream, or the negative errno. */
  public static long receive(int fd, long address, long length) {
    return receive(fd, address, length, 0);
  }

  /** As {@link #receive}, but the bytes stay where they are and are received again. */
  public static long peek(int fd, long address, long length) {
    return receive(fd, address, length, MSG_PEEK);
  }

  private static long receive(int fd, long address, long length, int flags) {
    while (true) {
      long n = LibC.C.recv(fd, address, length, flags);
      if (n >= 0) {
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }

  /**
   * send(2): the number of bytes, or the negative errno.
   *
   * @param more whether more bytes or the end of the stream follow at once, so that a last partial
   *     segment may wait for them
   */
  public static long send(int fd, long address, long length, boolean more) {
    int flags = more ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL;
    while (true) {
      long n = LibC.C.send(fd, address, length, flags);
      if (n >= 0) {
        return n;
      }
      int errno = LibC.errno();
      if (errno != Errno.EINTR) {
        return -errno;
      }
    }
  }
}

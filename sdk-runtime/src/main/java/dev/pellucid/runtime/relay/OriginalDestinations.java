package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import java.net.InetSocketAddress;

/** Where the clients of accepted connections wanted to go. */
final class OriginalDestinations {
  private OriginalDestinations() {}

  /**
   * Reads it off a socket. A client that connected straight to a listener wanted to go there.
   *
   * @throws LinuxException if the kernel does not tell; whoever guesses could loop
   */
  static InetSocketAddress read(SocketCalls sockets, int fd, ListenerMode mode)
      throws LinuxException {
    InetSocketAddress local = sockets.localAddress(fd);
    if (mode != ListenerMode.REDIRECT) {
      return local;
    }
    InetSocketAddress destination = sockets.originalDestination(fd, local.getAddress());
    return destination == null ? local : destination;
  }
}

package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramBatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The way to a client that has asked the listener itself: the listener's own socket.
 *
 * @param fd the listener's socket, which stays open
 * @param client the client
 * @param sender the address that was asked, if it is not the listener's only one
 */
record ListenerLeg(int fd, InetSocketAddress client, Optional<InetAddress> sender)
    implements DatagramLeg {

  @Override
  public int send(DatagramBatch batch, int from, int to) {
    return batch.sendTo(fd, from, to, client, sender);
  }

  @Override
  public void close() {}
}

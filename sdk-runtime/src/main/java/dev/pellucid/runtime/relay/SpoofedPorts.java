package dev.pellucid.runtime.relay;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The client ports that UDP sockets of this process have borrowed, each towards one upstream. Two
 * sessions of one client port that are routed to the same upstream could not be told apart by the
 * upstream's replies; TCP's connect refuses the second, UDP's does not. May be used on any thread.
 */
final class SpoofedPorts {
  private static final Set<Use> USED = ConcurrentHashMap.newKeySet();

  private SpoofedPorts() {}

  private record Use(InetSocketAddress client, InetSocketAddress upstream) {}

  /** Borrows a port. False if that was done before. */
  static boolean borrow(InetSocketAddress client, InetSocketAddress upstream) {
    return USED.add(new Use(client, upstream));
  }

  /** Gives a port back. */
  static void giveBack(InetSocketAddress client, InetSocketAddress upstream) {
    USED.remove(new Use(client, upstream));
  }
}

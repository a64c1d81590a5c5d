package dev.pellucid.runtime.relay;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this host. To ask the kernel for them takes many system calls, so the answer is
 * kept for a second. May be used on any thread.
 *
 * @param addresses the addresses
 * @param readAt when they were read, in the terms of {@link System#nanoTime}
 */
record LocalAddresses(Set<InetAddress> addresses, long readAt) {
  private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);
  private static final long LIFETIME_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static volatile LocalAddresses last =
      new LocalAddresses(Set.of(), System.nanoTime() - 2 * LIFETIME_NANOS);

  /**
   * Whether an address is this host's, or might be: without a list of interfaces the cautious
   * answer is the one that cannot lead the proxy back to itself.
   */
  static boolean contains(InetAddress address) {
    LocalAddresses known = last;
    if (System.nanoTime() - known.readAt > LIFETIME_NANOS) {
      try {
        known = read();
      } catch (SocketException e) {
        log.warn("the addresses of this host cannot be read", e);
        return true;
      }
      last = known;
    }
    return known.addresses.contains(address);
  }

  private static LocalAddresses read() throws SocketException {
    return new LocalAddresses(
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .collect(Collectors.toUnmodifiableSet()),
        System.nanoTime());
  }
}

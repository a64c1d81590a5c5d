package dev.pellucid.runtime.linux;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the interfaces in the calling thread's network namespace. To ask the kernel for
 * them takes many system calls, so an answer is kept for a second. May be used on any thread of one
 * namespace.
 */
public final class LocalAddresses {
  private static final Logger log = LoggerFactory.getLogger(LocalAddresses.class);
  private static final long LIFETIME_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The JDK reads the one of the process, which may be in another namespace. */
  private static final Path IPV6 = Path.of("/proc/thread-self/net/if_inet6");

  private static final int IPV6_DIGITS = 32;

  private record Answer(Set<InetAddress> addresses, long readAt) {}

  private volatile @Nullable Answer last;

  /**
   * Whether an address is this host's, or might be: where the addresses cannot be read, the
   * cautious answer is the one that cannot lead a proxy back to itself.
   */
  public boolean contains(InetAddress address) {
    Answer known = last;
    if (known == null || System.nanoTime() - known.readAt > LIFETIME_NANOS) {
      try {
        known = new Answer(read(), System.nanoTime());
      } catch (IOException e) {
        log.warn("the addresses of this host cannot be read", e);
        return true;
      }
      last = known;
    }
    return known.addresses.contains(address);
  }

  /**
   * All of them. Blocks for about a millisecond.
   *
   * @throws IOException if the kernel does not tell
   */
  public static Set<InetAddress> read() throws IOException {
    Set<InetAddress> addresses =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(Inet4Address.class::isInstance)
            .collect(Collectors.toCollection(HashSet::new));
    // Without IPv6 there is no such file.
    if (Files.exists(IPV6)) {
      for (String line : Files.readAllLines(IPV6)) {
        byte[] bytes = HexFormat.of().parseHex(line.substring(0, IPV6_DIGITS));
        addresses.add(InetAddress.getByAddress(bytes));
      }
    }
    return Set.copyOf(addresses);
  }
}

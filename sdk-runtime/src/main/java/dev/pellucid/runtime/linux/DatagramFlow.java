package dev.pellucid.runtime.linux;

import java.net.InetSocketAddress;
import java.security.SecureRandom;

/**
 * Who sent a datagram and to whom, in the words of {@code sockaddr}: a key for maps that costs no
 * more than it has to.
 *
 * @param client family, port and IPv4 address; or family, port and scope of an IPv6 address
 * @param clientHigh the upper half of an IPv6 address, or 0
 * @param clientLow the lower half of an IPv6 address, or 0
 * @param destination as {@code client}
 * @param destinationHigh as {@code clientHigh}
 * @param destinationLow as {@code clientLow}
 */
public record DatagramFlow(
    long client,
    long clientHigh,
    long clientLow,
    long destination,
    long destinationHigh,
    long destinationLow) {

  /** Clients choose addresses and ports; they shall not be able to choose hash codes as well. */
  private static final long SEED = new SecureRandom().nextLong();

  private static final long FACTOR = 0x9E3779B97F4A7C15L;

  /** The client. */
  public InetSocketAddress clientAddress() {
    return SocketAddresses.of(client, clientHigh, clientLow);
  }

  /** Whom the client addressed. */
  public InetSocketAddress destinationAddress() {
    return SocketAddresses.of(destination, destinationHigh, destinationLow);
  }

  @Override
  public int hashCode() {
    long hash = mix(SEED, client);
    hash = mix(hash, clientHigh);
    hash = mix(hash, clientLow);
    hash = mix(hash, destination);
    hash = mix(hash, destinationHigh);
    hash = mix(hash, destinationLow);
    return Long.hashCode(hash);
  }

  private static long mix(long hash, long word) {
    long mixed = (hash ^ word) * FACTOR;
    return mixed ^ (mixed >>> 29);
  }
}

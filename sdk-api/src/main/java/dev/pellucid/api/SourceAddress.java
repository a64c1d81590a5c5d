package dev.pellucid.api;

import java.net.InetAddress;

/**
 * The address the upstream sees as its client. An address that cannot be had ends the connection
 * with {@link Termination.Cause#SOURCE_UNAVAILABLE}, and one of another version of IP than the
 * upstream's with {@link Termination.Cause#FAMILY_MISMATCH}; no other is ever used in its place.
 */
public sealed interface SourceAddress {

  /** The proxy's own address, as the kernel's routing chooses it. */
  record Proxy() implements SourceAddress {}

  /** The client's address, with a port of the kernel's choice. */
  record ClientIp() implements SourceAddress {}

  /** The client's address and port. */
  record ClientIpPort() implements SourceAddress {}

  /**
   * One address for all connections, with a port of the kernel's choice.
   *
   * @param address an address, local to this host or not
   */
  record Given(InetAddress address) implements SourceAddress {}

  /** The proxy's own address. */
  static SourceAddress proxy() {
    return new Proxy();
  }

  /** The client's address, with a port of the kernel's choice. */
  static SourceAddress clientIp() {
    return new ClientIp();
  }

  /** The client's address and port. */
  static SourceAddress clientIpPort() {
    return new ClientIpPort();
  }

  /** The given address, local to this host or not. */
  static SourceAddress given(InetAddress address) {
    return new Given(address);
  }
}

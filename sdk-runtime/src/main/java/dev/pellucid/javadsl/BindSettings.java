package dev.pellucid.javadsl;

import dev.pellucid.runtime.relay.ListenerOptions;
import java.net.InetSocketAddress;

/** Where and how {@link TransparentTcp#bind} and {@link TransparentUdp#bind} listen. Immutable. */
public final class BindSettings {
  private static final int BACKLOG = 4096;
  private static final int MAX_CONNECTIONS = 10_000;

  private final InetSocketAddress address;
  private final Interception interception;
  private final int backlog;
  private final int maxConnections;

  private BindSettings(
      InetSocketAddress address, Interception interception, int backlog, int maxConnections) {
    this.address = address;
    this.interception = interception;
    this.backlog = backlog;
    this.maxConnections = maxConnections;
  }

  /**
   * An ordinary listener with a backlog of 4096 and at most 10,000 connections.
   *
   * @throws IllegalArgumentException if the address is not resolved
   */
  public static BindSettings create(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("cannot resolve " + address.getHostString());
    }
    return new BindSettings(address, Interception.NONE, BACKLOG, MAX_CONNECTIONS);
  }

  /** The same for an address in text form and a port. */
  public static BindSettings create(String host, int port) {
    return create(new InetSocketAddress(host, port));
  }

  /** How connections come to the listener. */
  public BindSettings withInterception(Interception interception) {
    return new BindSettings(address, interception, backlog, maxConnections);
  }

  /**
   * How many connections may wait, on each loop, to be accepted: in the kernel, or with UDP in the
   * listener.
   */
  public BindSettings withBacklog(int backlog) {
    return new BindSettings(
        address, interception, requirePositive("backlog", backlog), maxConnections);
  }

  /**
   * How many connections may be open at once, over all loops. At the limit no more TCP connections
   * are accepted; they wait in the backlog. A new UDP session ends the one that has been silent for
   * longest.
   */
  public BindSettings withMaxConnections(int maxConnections) {
    return new BindSettings(
        address, interception, backlog, requirePositive("maxConnections", maxConnections));
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
    }
    return value;
  }

  ListenerOptions listenerOptions() {
    return new ListenerOptions(
        address, interception == Interception.TPROXY, backlog, maxConnections);
  }

  /** Where to listen. */
  public InetSocketAddress address() {
    return address;
  }

  /** How connections come to the listener. */
  public Interception interception() {
    return interception;
  }

  /** How many connections may wait to be accepted, on each loop. */
  public int backlog() {
    return backlog;
  }

  /** How many connections may be open at once. */
  public int maxConnections() {
    return maxConnections;
  }
}

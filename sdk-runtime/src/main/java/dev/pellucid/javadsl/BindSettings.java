package dev.pellucid.javadsl;

import dev.pellucid.runtime.relay.ListenerOptions;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Where and how {@link TransparentTcp#bind} and {@link TransparentUdp#bind} listen. Immutable. */
public final class BindSettings {
  private static final int BACKLOG = 4096;
  private static final int MAX_CONNECTIONS = 10_000;

  private final InetSocketAddress address;
  private final Interception interception;
  private final boolean dualStack;
  private final int backlog;
  private final int maxConnections;
  private final int mark;

  private BindSettings(
      InetSocketAddress address,
      Interception interception,
      boolean dualStack,
      int backlog,
      int maxConnections,
      int mark) {
    this.address = address;
    this.interception = interception;
    this.dualStack = dualStack;
    this.backlog = backlog;
    this.maxConnections = maxConnections;
    this.mark = mark;
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
    return new BindSettings(address, Interception.NONE, false, BACKLOG, MAX_CONNECTIONS, 0);
  }

  /** The same for an address in text form and a port. */
  public static BindSettings create(String host, int port) {
    return create(new InetSocketAddress(host, port));
  }

  /**
   * How connections come to the listener.
   *
   * @throws IllegalArgumentException if it is {@link Interception#FOREIGN} and the address stands
   *     for all that this host has
   */
  public BindSettings withInterception(Interception interception) {
    if (interception == Interception.FOREIGN && address.getAddress().isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "a foreign listener needs an address that is not this host's, not "
              + address.getAddress().getHostAddress());
    }
    return new BindSettings(address, interception, dualStack, backlog, maxConnections, mark);
  }

  /**
   * Has a listener at {@code ::} take IPv4 connections, too; otherwise it takes IPv6 alone. Their
   * addresses are IPv4 addresses, as on a listener at {@code 0.0.0.0}.
   *
   * @throws IllegalArgumentException if the address is another
   */
  public BindSettings withDualStack() {
    if (!(address.getAddress() instanceof Inet6Address)
        || !address.getAddress().isAnyLocalAddress()) {
      throw new IllegalArgumentException(
          "only a listener at :: can take both, not one at "
              + address.getAddress().getHostAddress());
    }
    return new BindSettings(address, interception, true, backlog, maxConnections, mark);
  }

  /**
   * How many connections may wait, on each loop, to be accepted: in the kernel, or with UDP in the
   * listener.
   */
  public BindSettings withBacklog(int backlog) {
    return new BindSettings(
        address,
        interception,
        dualStack,
        requirePositive("backlog", backlog),
        maxConnections,
        mark);
  }

  /**
   * How many connections may be open at once, over all loops. At the limit no more TCP connections
   * are accepted; they wait in the backlog. A new UDP session ends the one that has been silent for
   * longest.
   */
  public BindSettings withMaxConnections(int maxConnections) {
    return new BindSettings(
        address,
        interception,
        dualStack,
        backlog,
        requirePositive("maxConnections", maxConnections),
        mark);
  }

  /**
   * The mark (SO_MARK) of the packets that clients get. Where the firewall intercepts what this
   * host itself sends, its rules let one mark pass, and without it they would take those packets
   * for a client's. Needs CAP_NET_RAW.
   *
   * @param mark the mark; 0: none, as at first
   */
  public BindSettings withMark(int mark) {
    return new BindSettings(address, interception, dualStack, backlog, maxConnections, mark);
  }

  private static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
    }
    return value;
  }

  ListenerOptions listenerOptions() {
    return new ListenerOptions(
        address, interception.mode(), dualStack, backlog, maxConnections, mark);
  }

  /** Where to listen. */
  public InetSocketAddress address() {
    return address;
  }

  /** How connections come to the listener. */
  public Interception interception() {
    return interception;
  }

  /** Whether a listener at {@code ::} takes IPv4 connections, too. */
  public boolean dualStack() {
    return dualStack;
  }

  /** The mark of the packets that clients get; 0: none. */
  public int mark() {
    return mark;
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

package dev.pellucid.javadsl;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.runtime.relay.ListenerOptions;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Where and how {@link TransparentTcp#bind} and {@link TransparentUdp#bind} listen. Immutable: each
 * {@code with} returns another object.
 */
public final class BindSettings {
  private final InetSocketAddress address;
  private Interception interception = Interception.NONE;
  private ProxyProtocol proxyProtocol = ProxyProtocol.NONE;
  private boolean dualStack;
  private int backlog = 4096;
  private int maxConnections = 10_000;
  private int mark;

  private BindSettings(InetSocketAddress address) {
    this.address = address;
  }

  private BindSettings(BindSettings other) {
    this.address = other.address;
    this.interception = other.interception;
    this.proxyProtocol = other.proxyProtocol;
    this.dualStack = other.dualStack;
    this.backlog = other.backlog;
    this.maxConnections = other.maxConnections;
    this.mark = other.mark;
  }

  private BindSettings with(Consumer<BindSettings> change) {
    BindSettings copy = new BindSettings(this);
    change.accept(copy);
    return copy;
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
    return new BindSettings(address);
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
    return with(copy -> copy.interception = interception);
  }

  /**
   * The header with which each connection, or with UDP each datagram, has to begin. It says who the
   * client is and where it wanted to go, in place of the connection's own addresses. A connection
   * without a valid header of that version is refused with {@link
   * dev.pellucid.api.Termination.Cause#BAD_PROXY_HEADER}, after 5 s with {@code TIMEOUT}; such a
   * datagram is dropped.
   *
   * <p>Whoever can reach the listener can claim to be any client. Let nobody reach it but the
   * balancer that writes the headers.
   */
  public BindSettings withProxyProtocol(ProxyProtocol proxyProtocol) {
    return with(copy -> copy.proxyProtocol = proxyProtocol);
  }

  /**
   * Has a TCP listener at {@code ::} take IPv4 connections, too; otherwise it takes IPv6 alone.
   * Their addresses are IPv4 addresses, as on a listener at {@code 0.0.0.0}.
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
    return with(copy -> copy.dualStack = true);
  }

  /**
   * How many connections may wait, on each loop, to be accepted: in the kernel, or with UDP in the
   * listener.
   */
  public BindSettings withBacklog(int backlog) {
    requirePositive("backlog", backlog);
    return with(copy -> copy.backlog = backlog);
  }

  /**
   * How many connections may be open at once, over all loops. At the limit no more TCP connections
   * are accepted; they wait in the backlog. A new UDP session ends the one that has been silent for
   * longest on its loop; if there is none, its datagrams are dropped.
   */
  public BindSettings withMaxConnections(int maxConnections) {
    requirePositive("maxConnections", maxConnections);
    return with(copy -> copy.maxConnections = maxConnections);
  }

  /**
   * The mark (SO_MARK) of the packets that clients get. Where the firewall intercepts what this
   * host itself sends, its rules let one mark pass, and without it they would take those packets
   * for a client's. Needs CAP_NET_RAW.
   *
   * @param mark the mark; 0: none, as at first
   */
  public BindSettings withMark(int mark) {
    return with(copy -> copy.mark = mark);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
    }
  }

  ListenerOptions listenerOptions() {
    return new ListenerOptions(
        address, interception.mode(), proxyProtocol, dualStack, backlog, maxConnections, mark);
  }

  /** Where to listen. */
  public InetSocketAddress address() {
    return address;
  }

  /** How connections come to the listener. */
  public Interception interception() {
    return interception;
  }

  /** The header with which each connection has to begin. */
  public ProxyProtocol proxyProtocol() {
    return proxyProtocol;
  }

  /** Whether a TCP listener at {@code ::} takes IPv4 connections, too. */
  public boolean dualStack() {
    return dualStack;
  }

  /** How many connections may wait to be accepted, on each loop. */
  public int backlog() {
    return backlog;
  }

  /** How many connections may be open at once. */
  public int maxConnections() {
    return maxConnections;
  }

  /** The mark of the packets that clients get; 0: none. */
  public int mark() {
    return mark;
  }
}

package dev.pellucid.runtime.host.ruleset;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A packet on paper. Its family is that of its addresses, which are both of one.
 *
 * @param protocol the protocol it carries
 * @param inInterface where it arrived; empty for what this host sends
 * @param outInterface where it leaves; empty where that is not known yet
 * @param source where it comes from
 * @param sourcePort from which port; 0 without ports
 * @param destination where it goes
 * @param destinationPort to which port; 0 without ports
 * @param first whether it is the first of its connection: with TCP, a SYN without ACK
 * @param owner the socket it would be delivered to
 * @param mark its mark
 * @param answer whether it is the first of those that come back: with TCP, a SYN with ACK
 * @param untracked whether connection tracking leaves it alone
 */
public record Packet(
    Protocol protocol,
    String inInterface,
    String outInterface,
    InetAddress source,
    int sourcePort,
    InetAddress destination,
    int destinationPort,
    boolean first,
    Owner owner,
    int mark,
    boolean answer,
    boolean untracked) {

  /** One that is tracked, and not the first to come back. */
  public Packet(
      Protocol protocol,
      String inInterface,
      String outInterface,
      InetAddress source,
      int sourcePort,
      InetAddress destination,
      int destinationPort,
      boolean first,
      Owner owner,
      int mark) {
    this(
        protocol,
        inInterface,
        outInterface,
        source,
        sourcePort,
        destination,
        destinationPort,
        first,
        owner,
        mark,
        false,
        false);
  }

  /** Its family as nft calls it. */
  String family() {
    return destination instanceof Inet4Address ? "ip" : "ip6";
  }

  /** The same packet on its way between other interfaces. */
  public Packet on(String in, String out) {
    return new Packet(
        protocol,
        in,
        out,
        source,
        sourcePort,
        destination,
        destinationPort,
        first,
        owner,
        mark,
        answer,
        untracked);
  }

  /** The same packet from somewhere else. */
  public Packet from(InetAddress newSource, int port) {
    return new Packet(
        protocol,
        inInterface,
        outInterface,
        newSource,
        port,
        destination,
        destinationPort,
        first,
        owner,
        mark,
        answer,
        untracked);
  }

  /** The same packet to somewhere else. */
  public Packet to(InetAddress newDestination, int port) {
    return new Packet(
        protocol,
        inInterface,
        outInterface,
        source,
        sourcePort,
        newDestination,
        port,
        first,
        owner,
        mark,
        answer,
        untracked);
  }

  /**
   * The same packet, which a socket owns.
   *
   * @param newFirst whether it is the first of its connection
   * @param newOwner the socket
   */
  public Packet owned(boolean newFirst, Owner newOwner) {
    return new Packet(
        protocol,
        inInterface,
        outInterface,
        source,
        sourcePort,
        destination,
        destinationPort,
        newFirst,
        newOwner,
        mark,
        answer,
        untracked);
  }

  /** The same packet with another mark. */
  public Packet withMark(int newMark) {
    return new Packet(
        protocol,
        inInterface,
        outInterface,
        source,
        sourcePort,
        destination,
        destinationPort,
        first,
        owner,
        newMark,
        answer,
        untracked);
  }

  /** The same packet, which connection tracking leaves alone or not. */
  public Packet withUntracked(boolean newUntracked) {
    return new Packet(
        protocol,
        inInterface,
        outInterface,
        source,
        sourcePort,
        destination,
        destinationPort,
        first,
        owner,
        mark,
        answer,
        newUntracked);
  }

  /** The same packet for another socket. */
  public Packet withOwner(Owner newOwner) {
    return owned(first, newOwner);
  }

  /** Its state, as connection tracking calls it. */
  String state() {
    return untracked ? "untracked" : first ? "new" : "established";
  }

  /** What a packet can carry; ICMP is that of its family. */
  public enum Protocol {
    TCP,
    UDP,
    ICMP
  }
}

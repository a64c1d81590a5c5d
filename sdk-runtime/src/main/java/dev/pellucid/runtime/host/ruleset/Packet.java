package dev.pellucid.runtime.host.ruleset;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A packet on paper.
 *
 * @param header what it carries, from where and to where
 * @param inInterface where it arrived; empty for what this host sends
 * @param outInterface where it leaves; empty where that is not known yet
 * @param first whether it is the first of its connection: with TCP, a SYN without ACK
 * @param owner the socket it would be delivered to
 * @param mark its mark
 * @param answer whether it is the first of those that come back: with TCP, a SYN with ACK
 * @param untracked whether connection tracking leaves it alone
 */
public record Packet(
    Header header,
    String inInterface,
    String outInterface,
    boolean first,
    Owner owner,
    int mark,
    boolean answer,
    boolean untracked) {

  /**
   * What does not change on a packet's way. Its family is that of its addresses, which are both of
   * one.
   *
   * @param protocol the protocol it carries
   * @param source where it comes from
   * @param sourcePort from which port; 0 without ports
   * @param destination where it goes
   * @param destinationPort to which port; 0 without ports
   */
  public record Header(
      Protocol protocol,
      InetAddress source,
      int sourcePort,
      InetAddress destination,
      int destinationPort) {}

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
        new Header(protocol, source, sourcePort, destination, destinationPort),
        inInterface,
        outInterface,
        first,
        owner,
        mark,
        false,
        false);
  }

  /** The protocol it carries. */
  public Protocol protocol() {
    return header.protocol;
  }

  /** Where it comes from. */
  public InetAddress source() {
    return header.source;
  }

  /** From which port; 0 without ports. */
  public int sourcePort() {
    return header.sourcePort;
  }

  /** Where it goes. */
  public InetAddress destination() {
    return header.destination;
  }

  /** To which port; 0 without ports. */
  public int destinationPort() {
    return header.destinationPort;
  }

  /** Its family as nft calls it. */
  String family() {
    return destination() instanceof Inet4Address ? "ip" : "ip6";
  }

  /** The same packet on its way between other interfaces. */
  public Packet on(String in, String out) {
    return new Packet(header, in, out, first, owner, mark, answer, untracked);
  }

  /** The same packet from somewhere else. */
  public Packet from(InetAddress source, int port) {
    return with(new Header(protocol(), source, port, destination(), destinationPort()));
  }

  /** The same packet to somewhere else. */
  public Packet to(InetAddress destination, int port) {
    return with(new Header(protocol(), source(), sourcePort(), destination, port));
  }

  private Packet with(Header newHeader) {
    return new Packet(newHeader, inInterface, outInterface, first, owner, mark, answer, untracked);
  }

  /**
   * The same packet, which a socket owns.
   *
   * @param newFirst whether it is the first of its connection
   * @param newOwner the socket
   */
  public Packet owned(boolean newFirst, Owner newOwner) {
    return new Packet(
        header, inInterface, outInterface, newFirst, newOwner, mark, answer, untracked);
  }

  /** The same packet as the first that comes back. */
  public Packet answering() {
    return new Packet(header, inInterface, outInterface, false, owner, mark, true, untracked);
  }

  /** The same packet with another mark. */
  public Packet withMark(int newMark) {
    return new Packet(header, inInterface, outInterface, first, owner, newMark, answer, untracked);
  }

  /** The same packet, which connection tracking leaves alone or not. */
  public Packet withUntracked(boolean newUntracked) {
    return new Packet(header, inInterface, outInterface, first, owner, mark, answer, newUntracked);
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

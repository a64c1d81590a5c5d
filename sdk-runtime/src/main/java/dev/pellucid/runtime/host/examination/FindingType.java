package dev.pellucid.runtime.host.examination;

import java.util.Locale;

/** Everything that an examination can find. */
public enum FindingType {
  /** There is something that this user may not look at, or no tool to look with. */
  CANNOT_LOOK(Severity.RISK),

  /** Neither nft nor iptables is installed, or ip is not. */
  NO_TOOL(Severity.BROKEN),
  /** The kernel has no TPROXY target or statement. */
  KERNEL_TPROXY(Severity.BROKEN),
  /** The kernel has no socket match or expression. */
  KERNEL_SOCKET(Severity.BROKEN),
  /** CAP_NET_RAW is missing, though a listener or a source address needs it. */
  CAPABILITY_MISSING(Severity.FATAL),
  /** The java binary has file capabilities, with which it does not find its libraries. */
  CAPABILITY_SETCAP(Severity.RISK),
  /** IPv6 is switched off, or not there. */
  IPV6_OFF(Severity.BROKEN),
  /** The loopback interface is down. */
  LOOPBACK_DOWN(Severity.BROKEN),
  /** Packets that pass the proxy by are not forwarded. */
  FORWARDING_OFF(Severity.RISK),
  /** A strict reverse path check drops what comes by another interface than the way back. */
  REVERSE_PATH_FILTER(Severity.BROKEN),
  /** The reverse path check follows the mark, finds the local route and drops the packet. */
  SRC_VALID_MARK(Severity.BROKEN),
  /** Bridged packets pass through the rules of IP. */
  BRIDGE_NETFILTER(Severity.BROKEN),

  /** No rule looks marked packets up in the proxy's route table. */
  POLICY_RULE_MISSING(Severity.BROKEN),
  /** A rule ahead of it takes marked packets elsewhere. */
  POLICY_RULE_SHADOWED(Severity.BROKEN),
  /** The proxy's route table does not deliver everything locally. */
  LOCAL_ROUTE_MISSING(Severity.BROKEN),
  /** Another program uses the mark or the route table. */
  NAME_TAKEN(Severity.RISK),

  /** Packets of transparent sockets are not brought to them. */
  DIVERT_MISSING(Severity.BROKEN),
  /** They are, but only from some interfaces. */
  DIVERT_INTERFACE(Severity.BROKEN),
  /** A transparent socket in TIME_WAIT swallows new connections. */
  DIVERT_SYN(Severity.RISK),
  /** A socket that replies to a UDP client takes the client's next datagrams. */
  DIVERT_UDP_FIRST(Severity.RISK),
  /** New traffic is not handed to the listener. */
  TPROXY_MISSING(Severity.BROKEN),
  /** New traffic is handed to another port, or to another address. */
  TPROXY_WRONG_PORT(Severity.BROKEN),
  /** A rule ahead of it takes new traffic. */
  TPROXY_SHADOWED(Severity.BROKEN),
  /** New traffic would pass the proxy by while it is down, or would not, against configuration. */
  ON_PROXY_DOWN(Severity.RISK),
  /** The mark is changed after it was set. */
  MARK_OVERWRITTEN(Severity.BROKEN),
  /** A firewall drops what is delivered to the proxy. */
  INPUT_DROPPED(Severity.BROKEN),
  /** A firewall drops what the proxy sends. */
  OUTPUT_DROPPED(Severity.BROKEN),
  /** What this host itself sends is not marked for interception. */
  OUTPUT_NOT_MARKED(Severity.BROKEN),
  /** What the proxy itself sends is intercepted. */
  SELF_INTERCEPTION(Severity.BROKEN),
  /** Connection tracking translates the addresses of the same traffic. */
  NAT(Severity.BROKEN),

  /** Nothing listens where the rules hand traffic over. */
  NO_LISTENER(Severity.BROKEN),
  /** There is no such interface. */
  INTERFACE_MISSING(Severity.FATAL),
  /** The interface is a port of another one, by which its traffic comes in. */
  INTERFACE_IS_PORT(Severity.BROKEN),
  /** No interface has the listener's address. */
  ADDRESS_NOT_LOCAL(Severity.FATAL),
  /** An interface has the foreign listener's address. */
  ADDRESS_NOT_FOREIGN(Severity.FATAL),
  /** An upstream is a listener of this proxy. */
  UPSTREAM_IS_PROXY(Severity.BROKEN),
  /** Clients with an address of the proxy's host ask for a port that they hold themselves. */
  CLIENT_IS_PROXY(Severity.RISK),
  /** Clients of the other family pass the proxy by. */
  MIXED_FAMILIES(Severity.RISK),
  /** There are fewer source ports for one client and upstream than connections. */
  SOURCE_PORTS(Severity.RISK),
  /** There are fewer descriptors than connections need. */
  DESCRIPTORS(Severity.RISK),
  /** The kernel cuts the listener's backlog. */
  BACKLOG(Severity.RISK),

  /** There is no route to an upstream. */
  NO_ROUTE(Severity.BROKEN),
  /** An upstream does not answer the proxy's own address either. */
  UPSTREAM_DOWN(Severity.BROKEN),
  /** An upstream's replies to a client's address do not come back through this host. */
  RETURN_PATH(Severity.BROKEN),
  /** A client's connection does not reach the listener. */
  CLIENT_PATH(Severity.BROKEN);

  private final Severity severity;

  FindingType(Severity severity) {
    this.severity = severity;
  }

  /** How bad it is. */
  public Severity severity() {
    return severity;
  }

  /** What it is called in text and JSON, for example {@code src-valid-mark}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package dev.pellucid.javadsl;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.filter.DatagramFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How {@link TransparentUdp#relay} relays. Immutable. */
public final class UdpRelaySettings {
  private final SourceAddress source;
  private final int mark;
  private final int retries;
  private final Duration idleTimeout;
  private final int responses;
  private final List<DatagramFilter> filters;

  private UdpRelaySettings(
      SourceAddress source,
      int mark,
      int retries,
      Duration idleTimeout,
      int responses,
      List<DatagramFilter> filters) {
    this.source = source;
    this.mark = mark;
    this.retries = retries;
    this.idleTimeout = idleTimeout;
    this.responses = responses;
    this.filters = filters;
  }

  /** From the proxy's own address; no retries, 30 s idle, any number of responses. */
  public static UdpRelaySettings create() {
    return new UdpRelaySettings(SourceAddress.proxy(), 0, 0, Duration.ofSeconds(30), 0, List.of());
  }

  /** The address that upstreams see. */
  public UdpRelaySettings withSource(SourceAddress source) {
    return new UdpRelaySettings(source, mark, retries, idleTimeout, responses, filters);
  }

  /**
   * The mark (SO_MARK) of the packets that upstreams get; see {@link RelaySettings#withMark}. The
   * listener needs it as well, for its replies.
   *
   * @param mark the mark; 0: none, as at first
   */
  public UdpRelaySettings withMark(int mark) {
    return new UdpRelaySettings(source, mark, retries, idleTimeout, responses, filters);
  }

  /**
   * On how many other upstreams it is tried again when this host knows no way to one. Whether
   * anybody listens there is only known after the first datagram was lost.
   */
  public UdpRelaySettings withRetries(int retries) {
    return new UdpRelaySettings(
        source, mark, requireNotNegative("retries", retries), idleTimeout, responses, filters);
  }

  /** How long nothing may move in either direction before the session is over. */
  public UdpRelaySettings withIdleTimeout(Duration idleTimeout) {
    if (idleTimeout.isZero() || idleTimeout.isNegative()) {
      throw new IllegalArgumentException("idleTimeout must be positive, but is " + idleTimeout);
    }
    return new UdpRelaySettings(source, mark, retries, idleTimeout, responses, filters);
  }

  /**
   * How many datagrams of the upstream answer one of the client's. When all have arrived the
   * session is over, and what it held is free again: 1 for DNS. 0 if there is no telling.
   */
  public UdpRelaySettings withResponses(int responses) {
    return new UdpRelaySettings(
        source, mark, retries, idleTimeout, requireNotNegative("responses", responses), filters);
  }

  /**
   * One more filter that datagrams pass, after those before it on the way from the client to the
   * upstream, before them on the way back. Nobody closes the filter.
   */
  public UdpRelaySettings withDatagramFilter(DatagramFilter filter) {
    List<DatagramFilter> more = new ArrayList<>(filters);
    more.add(filter);
    return new UdpRelaySettings(source, mark, retries, idleTimeout, responses, List.copyOf(more));
  }

  private static int requireNotNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, but are " + value);
    }
    return value;
  }

  /** The address that upstreams see. */
  public SourceAddress source() {
    return source;
  }

  /** The mark of the packets that upstreams get; 0: none. */
  public int mark() {
    return mark;
  }

  /** On how many other upstreams it is tried again. */
  public int retries() {
    return retries;
  }

  /** How long nothing may move in either direction. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** How many datagrams answer one of the client's; 0 if there is no telling. */
  public int responses() {
    return responses;
  }

  /** The filters that datagrams pass. */
  public List<DatagramFilter> datagramFilters() {
    return filters;
  }
}

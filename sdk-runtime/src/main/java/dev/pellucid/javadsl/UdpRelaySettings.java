package dev.pellucid.javadsl;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.filter.DatagramFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** How {@link TransparentUdp#relay} relays. Immutable: each {@code with} returns another object. */
public final class UdpRelaySettings {
  private SourceAddress source = SourceAddress.proxy();
  private ProxyProtocol proxyProtocol = ProxyProtocol.NONE;
  private int mark;
  private int retries;
  private Duration idleTimeout = Duration.ofSeconds(30);
  private int responses;
  private List<DatagramFilter> datagramFilters = List.of();

  private UdpRelaySettings() {}

  private UdpRelaySettings(UdpRelaySettings other) {
    this.source = other.source;
    this.proxyProtocol = other.proxyProtocol;
    this.mark = other.mark;
    this.retries = other.retries;
    this.idleTimeout = other.idleTimeout;
    this.responses = other.responses;
    this.datagramFilters = other.datagramFilters;
  }

  private UdpRelaySettings with(Consumer<UdpRelaySettings> change) {
    UdpRelaySettings copy = new UdpRelaySettings(this);
    change.accept(copy);
    return copy;
  }

  /** From the proxy's own address; no retries, 30 s idle, any number of responses. */
  public static UdpRelaySettings create() {
    return new UdpRelaySettings();
  }

  /** The address that upstreams see. */
  public UdpRelaySettings withSource(SourceAddress source) {
    return with(copy -> copy.source = source);
  }

  /**
   * The header that tells upstreams the client and its original destination, before each datagram
   * and whatever address they see. An upstream that does not expect it takes it for the client's
   * bytes.
   *
   * @throws IllegalArgumentException if it is version 1, which has no datagrams
   */
  public UdpRelaySettings withProxyProtocol(ProxyProtocol proxyProtocol) {
    requireUdp(proxyProtocol);
    return with(copy -> copy.proxyProtocol = proxyProtocol);
  }

  /**
   * The mark (SO_MARK) of the packets that upstreams get; see {@link RelaySettings#withMark}.
   *
   * @param mark the mark; 0: none, as at first
   */
  public UdpRelaySettings withMark(int mark) {
    return with(copy -> copy.mark = mark);
  }

  /**
   * On how many other upstreams it is tried again when this host knows no way to one. Whether
   * anybody listens there is only known after the first datagram was lost.
   */
  public UdpRelaySettings withRetries(int retries) {
    requireNotNegative("retries", retries);
    return with(copy -> copy.retries = retries);
  }

  /** How long nothing may move in either direction before the session is over. */
  public UdpRelaySettings withIdleTimeout(Duration idleTimeout) {
    RelaySettings.requirePositive("idleTimeout", idleTimeout);
    return with(copy -> copy.idleTimeout = idleTimeout);
  }

  /**
   * How many datagrams of the upstream answer one of the client's. When all have arrived the
   * session is over, and what it held is free again: 1 for DNS. 0 if there is no telling.
   */
  public UdpRelaySettings withResponses(int responses) {
    requireNotNegative("responses", responses);
    return with(copy -> copy.responses = responses);
  }

  /**
   * One more filter that datagrams pass, after those before it on the way from the client to the
   * upstream, before them on the way back. Nobody closes the filter.
   */
  public UdpRelaySettings withDatagramFilter(DatagramFilter filter) {
    List<DatagramFilter> more = new ArrayList<>(datagramFilters);
    more.add(filter);
    return with(copy -> copy.datagramFilters = List.copyOf(more));
  }

  static void requireUdp(ProxyProtocol proxyProtocol) {
    if (proxyProtocol == ProxyProtocol.V1) {
      throw new IllegalArgumentException("version 1 of the PROXY protocol has no UDP; use V2");
    }
  }

  private static void requireNotNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, but are " + value);
    }
  }

  /** The address that upstreams see. */
  public SourceAddress source() {
    return source;
  }

  /** The header with which datagrams to upstreams begin. */
  public ProxyProtocol proxyProtocol() {
    return proxyProtocol;
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
    return datagramFilters;
  }
}

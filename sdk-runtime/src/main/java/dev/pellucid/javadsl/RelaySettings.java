package dev.pellucid.javadsl;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.filter.ByteFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How {@link TransparentTcp#relay} relays. Immutable. */
public final class RelaySettings {
  private final SourceAddress source;
  private final ProxyProtocol proxyProtocol;
  private final int mark;
  private final Duration connectTimeout;
  private final int retries;
  private final Duration idleTimeout;
  private final Duration halfClosedTimeout;
  private final List<ByteFilter> byteFilters;

  private RelaySettings(
      SourceAddress source,
      ProxyProtocol proxyProtocol,
      int mark,
      Duration connectTimeout,
      int retries,
      Duration idleTimeout,
      Duration halfClosedTimeout,
      List<ByteFilter> byteFilters) {
    this.source = source;
    this.proxyProtocol = proxyProtocol;
    this.mark = mark;
    this.connectTimeout = connectTimeout;
    this.retries = retries;
    this.idleTimeout = idleTimeout;
    this.halfClosedTimeout = halfClosedTimeout;
    this.byteFilters = byteFilters;
  }

  /**
   * From the proxy's own address, without a header; 5 s to connect, no retries, 5 min idle, 30 s
   * half-closed.
   */
  public static RelaySettings create() {
    return new RelaySettings(
        SourceAddress.proxy(),
        ProxyProtocol.NONE,
        0,
        Duration.ofSeconds(5),
        0,
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        List.of());
  }

  /** The address that upstreams see. */
  public RelaySettings withSource(SourceAddress source) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        halfClosedTimeout,
        byteFilters);
  }

  /**
   * The header that tells upstreams the client and its original destination, before the first byte
   * and whatever address they see. An upstream that does not expect it takes it for the client's
   * bytes.
   */
  public RelaySettings withProxyProtocol(ProxyProtocol proxyProtocol) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        halfClosedTimeout,
        byteFilters);
  }

  /**
   * The mark (SO_MARK) of the packets that upstreams get. Where the firewall intercepts what this
   * host itself sends, its rules let one mark pass, and the proxy would intercept itself without
   * it. Needs CAP_NET_RAW.
   *
   * @param mark the mark; 0: none, as at first
   */
  public RelaySettings withMark(int mark) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        halfClosedTimeout,
        byteFilters);
  }

  /** How long connecting to one upstream may take. */
  public RelaySettings withConnectTimeout(Duration connectTimeout) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        requirePositive("connectTimeout", connectTimeout),
        retries,
        idleTimeout,
        halfClosedTimeout,
        byteFilters);
  }

  /**
   * On how many other upstreams it is tried again when connecting fails. The client notices nothing
   * but the time it takes. A failure of the proxy's own, such as a source address that is not to be
   * had, is not tried again.
   */
  public RelaySettings withRetries(int retries) {
    if (retries < 0) {
      throw new IllegalArgumentException("retries must not be negative, but are " + retries);
    }
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        halfClosedTimeout,
        byteFilters);
  }

  /** How long nothing may move in either direction before the connection is reset. */
  public RelaySettings withIdleTimeout(Duration idleTimeout) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        requirePositive("idleTimeout", idleTimeout),
        halfClosedTimeout,
        byteFilters);
  }

  /**
   * How long nothing may move, once one side has sent its end of stream, before the connection is
   * reset.
   */
  public RelaySettings withHalfClosedTimeout(Duration halfClosedTimeout) {
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        requirePositive("halfClosedTimeout", halfClosedTimeout),
        byteFilters);
  }

  /**
   * One more filter that the bytes pass, after those before it on the way from the client to the
   * upstream, before them on the way back. With any filter the bytes of a connection enter the
   * heap; without one they do not. Nobody closes the filter.
   */
  public RelaySettings withByteFilter(ByteFilter filter) {
    List<ByteFilter> more = new ArrayList<>(byteFilters);
    more.add(filter);
    return new RelaySettings(
        source,
        proxyProtocol,
        mark,
        connectTimeout,
        retries,
        idleTimeout,
        halfClosedTimeout,
        List.copyOf(more));
  }

  private static Duration requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
    return value;
  }

  /** The address that upstreams see. */
  public SourceAddress source() {
    return source;
  }

  /** The header with which connections to upstreams begin. */
  public ProxyProtocol proxyProtocol() {
    return proxyProtocol;
  }

  /** The mark of the packets that upstreams get; 0: none. */
  public int mark() {
    return mark;
  }

  /** How long connecting to one upstream may take. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** On how many other upstreams it is tried again when connecting fails. */
  public int retries() {
    return retries;
  }

  /** How long nothing may move in either direction. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** How long nothing may move once one side has sent its end of stream. */
  public Duration halfClosedTimeout() {
    return halfClosedTimeout;
  }

  /** What the bytes pass on their way from the client to the upstream. */
  public List<ByteFilter> byteFilters() {
    return byteFilters;
  }
}

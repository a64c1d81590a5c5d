package dev.pellucid.javadsl;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.filter.ByteFilter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** How {@link TransparentTcp#relay} relays. Immutable: each {@code with} returns another object. */
public final class RelaySettings {
  private SourceAddress source = SourceAddress.proxy();
  private ProxyProtocol proxyProtocol = ProxyProtocol.NONE;
  private int mark;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private int retries;
  private Duration idleTimeout = Duration.ofMinutes(5);
  private Duration halfClosedTimeout = Duration.ofSeconds(30);
  private List<ByteFilter> byteFilters = List.of();

  private RelaySettings() {}

  private RelaySettings(RelaySettings other) {
    this.source = other.source;
    this.proxyProtocol = other.proxyProtocol;
    this.mark = other.mark;
    this.connectTimeout = other.connectTimeout;
    this.retries = other.retries;
    this.idleTimeout = other.idleTimeout;
    this.halfClosedTimeout = other.halfClosedTimeout;
    this.byteFilters = other.byteFilters;
  }

  private RelaySettings with(Consumer<RelaySettings> change) {
    RelaySettings copy = new RelaySettings(this);
    change.accept(copy);
    return copy;
  }

  /**
   * From the proxy's own address, without a PROXY protocol header; 5 s to connect, no retries, 5
   * min idle, 30 s half-closed.
   */
  public static RelaySettings create() {
    return new RelaySettings();
  }

  /** The address that upstreams see. */
  public RelaySettings withSource(SourceAddress source) {
    return with(copy -> copy.source = source);
  }

  /**
   * The header that tells upstreams the client and its original destination, before the first byte
   * and whatever address they see. An upstream that does not expect it takes it for the client's
   * bytes.
   */
  public RelaySettings withProxyProtocol(ProxyProtocol proxyProtocol) {
    return with(copy -> copy.proxyProtocol = proxyProtocol);
  }

  /**
   * The mark (SO_MARK) of the packets that upstreams get. Where the firewall intercepts what this
   * host itself sends, its rules let one mark pass, and the proxy would intercept itself without
   * it. Needs CAP_NET_RAW.
   *
   * @param mark the mark; 0: none, as at first
   */
  public RelaySettings withMark(int mark) {
    return with(copy -> copy.mark = mark);
  }

  /** How long connecting to one upstream may take. */
  public RelaySettings withConnectTimeout(Duration connectTimeout) {
    requirePositive("connectTimeout", connectTimeout);
    return with(copy -> copy.connectTimeout = connectTimeout);
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
    return with(copy -> copy.retries = retries);
  }

  /** How long nothing may move in either direction before the connection is reset. */
  public RelaySettings withIdleTimeout(Duration idleTimeout) {
    requirePositive("idleTimeout", idleTimeout);
    return with(copy -> copy.idleTimeout = idleTimeout);
  }

  /**
   * How long nothing may move, once one side has sent its end of stream, before the connection is
   * reset.
   */
  public RelaySettings withHalfClosedTimeout(Duration halfClosedTimeout) {
    requirePositive("halfClosedTimeout", halfClosedTimeout);
    return with(copy -> copy.halfClosedTimeout = halfClosedTimeout);
  }

  /**
   * One more filter that the bytes pass, after those before it on the way from the client to the
   * upstream, before them on the way back. With any filter the bytes of a connection enter the
   * heap; without one they do not. Nobody closes the filter.
   */
  public RelaySettings withByteFilter(ByteFilter filter) {
    List<ByteFilter> more = new ArrayList<>(byteFilters);
    more.add(filter);
    return with(copy -> copy.byteFilters = List.copyOf(more));
  }

  static void requirePositive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
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

  /** On how many other upstreams it is tried again. */
  public int retries() {
    return retries;
  }

  /** How long nothing may move in either direction. */
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /** How long nothing may move after one side's end of stream. */
  public Duration halfClosedTimeout() {
    return halfClosedTimeout;
  }

  /** What the bytes of connections pass, from the client to the upstream. */
  public List<ByteFilter> byteFilters() {
    return byteFilters;
  }
}

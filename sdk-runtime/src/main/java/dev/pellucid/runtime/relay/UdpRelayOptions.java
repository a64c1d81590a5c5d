package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.filter.DatagramFilter;
import java.util.List;

/**
 * How sessions are relayed.
 *
 * @param dial what upstreams see
 * @param proxyProtocol the header with which each datagram to an upstream begins
 * @param retries on how many other upstreams it is tried again when there is no way to one
 * @param idleNanos how long nothing may move in either direction
 * @param responses how many datagrams answer one of the client's, after which the session is over;
 *     0 if there is no telling
 * @param filters what datagrams pass on their way from the client to the upstream, and in the
 *     reverse order on their way back
 */
public record UdpRelayOptions(
    DialOptions dial,
    ProxyProtocol proxyProtocol,
    int retries,
    long idleNanos,
    int responses,
    List<DatagramFilter> filters) {

  /** Copies the list. */
  public UdpRelayOptions {
    filters = List.copyOf(filters);
  }
}

package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;

/**
 * How connections are relayed.
 *
 * @param dial what upstreams see
 * @param proxyProtocol the header with which each connection to an upstream begins
 * @param connectNanos how long connecting to one upstream may take
 * @param retries on how many other upstreams it is tried again when connecting fails
 * @param idleNanos how long nothing may move in either direction
 * @param halfClosedNanos how long nothing may move once one side has sent its end of stream
 */
public record RelayOptions(
    DialOptions dial,
    ProxyProtocol proxyProtocol,
    long connectNanos,
    int retries,
    long idleNanos,
    long halfClosedNanos) {}

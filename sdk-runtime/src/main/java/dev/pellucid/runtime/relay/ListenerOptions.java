package dev.pellucid.runtime.relay;

import dev.pellucid.api.ProxyProtocol;
import java.net.InetSocketAddress;

/**
 * How a listener listens.
 *
 * @param address where; port 0 lets the kernel choose
 * @param mode how connections come to it
 * @param proxyProtocol the header with which each connection has to begin
 * @param dualStack whether a listener at {@code ::} takes IPv4, too
 * @param backlog how many connections may wait to be accepted, on each loop
 * @param maxConnections how many connections may be open at once, over all loops
 * @param mark what its packets and its connections' are marked with; 0: nothing
 */
public record ListenerOptions(
    InetSocketAddress address,
    ListenerMode mode,
    ProxyProtocol proxyProtocol,
    boolean dualStack,
    int backlog,
    int maxConnections,
    int mark) {}

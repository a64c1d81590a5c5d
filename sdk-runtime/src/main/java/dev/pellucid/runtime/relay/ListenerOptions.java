package dev.pellucid.runtime.relay;

import java.net.InetSocketAddress;

/**
 * How a listener listens.
 *
 * @param address where; port 0 lets the kernel choose
 * @param transparent whether it takes connections to addresses that are not this host's
 * @param backlog how many connections may wait to be accepted, on each loop
 * @param maxConnections how many connections may be open at once, over all loops
 */
public record ListenerOptions(
    InetSocketAddress address, boolean transparent, int backlog, int maxConnections) {}

package dev.pellucid.runtime.stage;

import java.net.InetSocketAddress;

/**
 * A connected socket.
 *
 * @param remote the peer's address
 * @param local its own
 */
public record OpenSocket(InetSocketAddress remote, InetSocketAddress local) {}

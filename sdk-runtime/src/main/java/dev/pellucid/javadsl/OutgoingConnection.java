package dev.pellucid.javadsl;

import java.net.InetSocketAddress;

/**
 * An established connection to an upstream.
 *
 * @param remoteAddress the upstream's address
 * @param localAddress the address the upstream sees
 */
public record OutgoingConnection(InetSocketAddress remoteAddress, InetSocketAddress localAddress) {}

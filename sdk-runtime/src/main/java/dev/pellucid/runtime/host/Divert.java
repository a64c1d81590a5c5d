package dev.pellucid.runtime.host;

import dev.pellucid.api.Transport;

/**
 * Traffic that is delivered to the transparent sockets of this host that own it, although it is
 * addressed to others: upstreams' replies to sockets with their clients' addresses, above all.
 *
 * @param family the version of IP
 * @param transport the transport protocol
 */
public record Divert(IpFamily family, Transport transport) {}

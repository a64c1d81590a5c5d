package dev.pellucid.runtime.relay;

import dev.pellucid.api.SourceAddress;

/**
 * What the sockets to upstreams look like from there.
 *
 * @param source the address the upstream sees
 * @param mark what their packets are marked with; 0: nothing
 */
public record DialOptions(SourceAddress source, int mark) {}

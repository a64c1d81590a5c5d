package dev.pellucid.runtime;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.log.AccessLog;
import java.util.List;
import java.util.Optional;

/**
 * The plugin instances of one listener.
 *
 * @param connectionFilters in the order of the file
 * @param byteFilters in the order of the file; none with UDP
 * @param datagramFilters in the order of the file; none with TCP
 * @param balancer empty if connections go to their original destination
 * @param accessLog what records them
 */
record ListenerPlugins(
    List<ConnectionFilter> connectionFilters,
    List<ByteFilter> byteFilters,
    List<DatagramFilter> datagramFilters,
    Optional<Balancer> balancer,
    AccessLog accessLog) {}

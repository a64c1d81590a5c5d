package dev.pellucid.runtime;

import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.log.AccessLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plugin instances of one listener.
 *
 * @param connectionFilters in the order of the file
 * @param byteFilters in the order of the file; none with UDP
 * @param datagramFilters in the order of the file; none with TCP
 * @param pool of its own pool; empty if connections go to their original destination
 * @param pools of its named pools
 * @param accessLog what records them
 */
record ListenerPlugins(
    List<ConnectionFilter> connectionFilters,
    List<ByteFilter> byteFilters,
    List<DatagramFilter> datagramFilters,
    Optional<PoolPlugins> pool,
    Map<String, PoolPlugins> pools,
    AccessLog accessLog) {}

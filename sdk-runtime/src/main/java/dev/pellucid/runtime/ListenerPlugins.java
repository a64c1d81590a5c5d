package dev.pellucid.runtime;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.log.AccessLog;
import java.util.List;
import java.util.Optional;

/**
 * The plugin instances of one listener.
 *
 * @param filters in the order of the file
 * @param balancer empty if connections go to their original destination
 * @param accessLog what records them
 */
record ListenerPlugins(
    List<ConnectionFilter> filters, Optional<Balancer> balancer, AccessLog accessLog) {}

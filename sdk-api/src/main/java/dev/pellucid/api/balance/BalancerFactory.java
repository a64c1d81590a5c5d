package dev.pellucid.api.balance;

import dev.pellucid.api.plugin.PluginFactory;

/**
 * Makes balancers for {@code upstream.balancer} in a listener's configuration. Each pool has an
 * instance of its own: a named pool that does not say another is given one that is made of the
 * listener's settings.
 */
public interface BalancerFactory extends PluginFactory<Balancer> {}

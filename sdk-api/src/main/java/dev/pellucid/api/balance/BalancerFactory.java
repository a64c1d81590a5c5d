package dev.pellucid.api.balance;

import dev.pellucid.api.plugin.PluginFactory;

/** Makes balancers for {@code upstream.balancer} in a listener's configuration. */
public interface BalancerFactory extends PluginFactory<Balancer> {}

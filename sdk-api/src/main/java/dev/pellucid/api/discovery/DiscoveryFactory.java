package dev.pellucid.api.discovery;

import dev.pellucid.api.plugin.PluginFactory;

/** Makes discoveries for {@code upstream.discovery} in a listener's configuration. */
public interface DiscoveryFactory extends PluginFactory<Discovery> {}

package dev.pellucid.api.filter;

import dev.pellucid.api.plugin.PluginFactory;

/** Makes connection filters for the entries of {@code filters} in a listener's configuration. */
public interface FilterFactory extends PluginFactory<ConnectionFilter> {}

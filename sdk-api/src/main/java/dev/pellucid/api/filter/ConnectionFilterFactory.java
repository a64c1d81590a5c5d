package dev.pellucid.api.filter;

import dev.pellucid.api.plugin.PluginFactory;

/**
 * Makes connection filters for the entries of {@code filters} in a listener's configuration. The
 * filters of all kinds share that list, and so their types have to differ.
 */
public interface ConnectionFilterFactory extends PluginFactory<ConnectionFilter> {}

package dev.pellucid.api.filter;

import dev.pellucid.api.plugin.PluginFactory;

/**
 * Makes byte filters for the entries of {@code filters} in a TCP listener's configuration. Byte
 * filters stand behind all connection filters, in the order of the file.
 */
public interface ByteFilterFactory extends PluginFactory<ByteFilter> {}

package dev.pellucid.api.filter;

import dev.pellucid.api.plugin.PluginFactory;

/**
 * Makes datagram filters for the entries of {@code filters} in a UDP listener's configuration.
 * Datagram filters stand behind all connection filters, in the order of the file.
 */
public interface DatagramFilterFactory extends PluginFactory<DatagramFilter> {}

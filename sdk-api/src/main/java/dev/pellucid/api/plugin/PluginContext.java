package dev.pellucid.api.plugin;

/**
 * Where a plugin instance works.
 *
 * @param listener the name of the listener in the configuration, for messages and metrics
 */
public record PluginContext(String listener) {}

package dev.pellucid.api.log;

import dev.pellucid.api.plugin.PluginFactory;

/** Makes access logs for {@code access-log} in a listener's configuration. */
public interface AccessLogFactory extends PluginFactory<AccessLog> {}

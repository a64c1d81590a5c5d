package dev.pellucid.api.health;

import dev.pellucid.api.plugin.PluginFactory;

/** Makes health checks for {@code upstream.health-check} in a listener's configuration. */
public interface HealthCheckFactory extends PluginFactory<HealthCheck> {}

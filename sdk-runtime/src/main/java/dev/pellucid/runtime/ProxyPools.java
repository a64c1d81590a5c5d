package dev.pellucid.runtime;

import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.javadsl.Pool;
import dev.pellucid.runtime.config.ListenerConfig;
import dev.pellucid.runtime.config.PluginSettings;
import dev.pellucid.runtime.config.PoolConfig;
import dev.pellucid.runtime.config.Problem;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.upstream.RunningDiscovery;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;

/** The pools of all listeners, and the discoveries that fill them. */
final class ProxyPools {
  private static final int FIRST_SECONDS = 10;

  private final ActorSystem system;
  private final Map<String, ListenerPools> listeners = new HashMap<>();
  private final List<RunningDiscovery> discoveries = new ArrayList<>();
  private final List<CompletionStage<Done>> filled = new ArrayList<>();

  ProxyPools(ActorSystem system) {
    this.system = system;
  }

  /**
   * Makes the pools, and starts the discoveries. Called once.
   *
   * @return completes when every pool has its first upstreams; fails with {@link
   *     ProxyStartException} if one will have none, and with what a balancer throws
   */
  CompletionStage<Done> fill(ProxyConfig config, ProxyPlugins plugins) {
    try {
      config.listeners().forEach(listener -> add(listener, plugins.of(listener)));
    } catch (RuntimeException | Error e) { // a plugin may throw anything
      return CompletableFuture.failedStage(e);
    }
    return Completion.ofAll(filled.stream());
  }

  private void add(ListenerConfig listener, ListenerPlugins plugins) {
    Optional<Pool> own =
        plugins
            .pool()
            .map(made -> pool(listener, "", listener.upstream().pool().orElseThrow(), made));
    Map<String, Pool> named = new LinkedHashMap<>();
    plugins
        .pools()
        .forEach(
            (name, made) -> {
              PoolConfig config =
                  Optional.ofNullable(listener.upstream().pools().get(name)).orElseThrow();
              named.put(name, pool(listener, ", pool " + name, config, made));
            });
    listeners.put(listener.name(), new ListenerPools(own, named));
  }

  private Pool pool(ListenerConfig listener, String which, PoolConfig config, PoolPlugins plugins) {
    Pool pool = Pool.of(config.upstreams(), plugins.balancer());
    plugins
        .discovery()
        .ifPresent(
            discovery ->
                discover(listener, which, config.discovery().orElseThrow(), discovery, pool));
    return pool;
  }

  private void discover(
      ListenerConfig listener,
      String which,
      PluginSettings settings,
      Discovery discovery,
      Pool pool) {
    String name = "listener %s%s, discovery %s".formatted(listener.name(), which, settings.type());
    RunningDiscovery running =
        RunningDiscovery.start(
            system, name, discovery, new DiscoveredPool(name, listener.upstreamFamily(), pool));
    discoveries.add(running);
    filled.add(
        running
            .first()
            .toCompletableFuture()
            .copy()
            .orTimeout(FIRST_SECONDS, TimeUnit.SECONDS)
            .exceptionallyCompose(
                failure -> CompletableFuture.failedStage(failed(name, settings, failure))));
  }

  private static ProxyStartException failed(
      String name, PluginSettings settings, Throwable failure) {
    Throwable cause = Completion.cause(failure);
    String place = Problem.at(settings.origin(PluginSettings.TYPE), "", "").place();
    return new ProxyStartException(
        "%s (%s) found no upstreams: %s"
            .formatted(
                name,
                place,
                cause instanceof TimeoutException && cause.getMessage() == null
                    ? "it has told none for " + FIRST_SECONDS + " s"
                    : RunningDiscovery.text(cause)),
        cause);
  }

  ListenerPools of(ListenerConfig listener) {
    return Optional.ofNullable(listeners.get(listener.name())).orElseThrow();
  }

  /** Stops the discoveries; never fails. */
  CompletionStage<Done> close() {
    return Completion.ofAll(discoveries.stream().map(RunningDiscovery::stop));
  }
}

package dev.pellucid.sample.loadbalancer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.runtime.ProxyServer;
import dev.pellucid.runtime.RunningListener;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.plugin.PluginCatalog;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that runs a proxy until a signal ends it. The first signal drains it, the second
 * resets what is left, the third ends the process where it stands.
 *
 * @param config what to run
 * @param applyCommand the shell command that applies its rules
 * @param drainLimit how long connections may go on after the first signal
 * @param out told when the listeners accept
 */
record Proxy(ProxyConfig config, String applyCommand, Duration drainLimit, PrintStream out) {
  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

  /** Returns, or throws, when every pipeline has ended. */
  void run() {
    config.notes().forEach(LOG::warn);
    ActorSystem system = ActorSystem.create("pellucid", settings());
    ProxyServer server = start(system);
    AtomicInteger signals = new AtomicInteger();
    Signals.onTermination(() -> onSignal(signals.incrementAndGet(), server));
    server.listeners().forEach(listener -> out.println(ready(listener)));
    server.ended().toCompletableFuture().join();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  private ProxyServer start(ActorSystem system) {
    PluginCatalog catalog = Installation.plugins(config.pluginsDir());
    catalog.problems().forEach(LOG::warn);
    try {
      return ProxyServer.start(system, config, catalog, applyCommand).toCompletableFuture().join();
    } catch (CompletionException e) {
      system.terminate();
      throw e;
    }
  }

  private Config settings() {
    return ConfigFactory.parseMap(Map.of("pellucid.event-loops", config.eventLoops()))
        .withFallback(ConfigFactory.load());
  }

  private void onSignal(int number, ProxyServer server) {
    switch (number) {
      case 1 -> drain(server);
      case 2 -> abort(server);
      default -> Runtime.getRuntime().halt(Failures.CANNOT_START);
    }
  }

  private void drain(ProxyServer server) {
    LOG.info(
        "draining: {} connections may go on for {} s; a second signal resets them",
        openConnections(server),
        drainLimit.toSeconds());
    CompletableFuture.delayedExecutor(drainLimit.toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> abort(server));
    server.stop();
  }

  private static void abort(ProxyServer server) {
    LOG.warn("resetting {} connections", openConnections(server));
    server.abortConnections();
  }

  /** Bindings of one listener count together. */
  private static int openConnections(ProxyServer server) {
    return server.listeners().stream()
        .map(listener -> listener.bindings().get(0))
        .mapToInt(Binding::openConnections)
        .sum();
  }

  private static String ready(RunningListener listener) {
    return "ready %s %s %s"
        .formatted(
            listener.name(),
            listener.transport().name().toLowerCase(Locale.ROOT),
            Addresses.text(listener.bindings().get(0).localAddress()));
  }
}

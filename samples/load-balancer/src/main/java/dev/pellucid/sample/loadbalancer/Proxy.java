package dev.pellucid.sample.loadbalancer;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.runtime.ProxyServer;
import dev.pellucid.runtime.RunningListener;
import dev.pellucid.runtime.config.ProxyConfig;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that runs a proxy until a signal ends it. */
record Proxy(ProxyConfig config, PrintStream out) {
  private static final Logger LOG = LoggerFactory.getLogger(Proxy.class);

  /** Returns, or throws, when every pipeline has ended. */
  void run() {
    config.notes().forEach(LOG::warn);
    ActorSystem system = ActorSystem.create("pellucid", settings());
    ProxyServer server = start(system);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server, system), "drain"));
    server.listeners().forEach(listener -> out.println(ready(listener)));
    server.ended().toCompletableFuture().join();
  }

  private ProxyServer start(ActorSystem system) {
    try {
      return ProxyServer.start(system, config, Installation.plugins(config.pluginsDir()))
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      system.terminate();
      throw e;
    }
  }

  private Config settings() {
    return ConfigFactory.parseMap(Map.of("pellucid.event-loops", config.eventLoops()))
        .withFallback(ConfigFactory.load());
  }

  /**
   * Runs when the JVM is told to end. The JVM would report the signal as its exit code; a drain
   * that went well is no failure, so the code is set here, and the only way to set it is to halt.
   */
  private static void drain(ProxyServer server, ActorSystem system) {
    LOG.info("draining: {} connections are open", openConnections(server));
    int exitCode = 0;
    try {
      server.stop().toCompletableFuture().join();
      LOG.info("drained");
    } catch (CompletionException e) {
      LOG.error("a pipeline failed", e.getCause());
      exitCode = Failures.CANNOT_START;
    }
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    Runtime.getRuntime().halt(exitCode);
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
            AddressText.of(listener.bindings().get(0).localAddress()));
  }
}

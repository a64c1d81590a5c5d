package dev.pellucid.runtime;

import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.Severity;
import dev.pellucid.runtime.plugin.PluginCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;

/**
 * A proxy that runs: configuration in, running pipelines out. For each listener, one copy of its
 * graph runs on each event loop of the actor system. May be used on any thread.
 */
public final class ProxyServer {
  private final List<StartedListener> started;
  private final HostWatch watch;
  private final CompletionStage<Done> ended;

  private ProxyServer(List<StartedListener> started, HostWatch watch, CompletionStage<Done> ended) {
    this.started = started;
    this.watch = watch;
    this.ended = ended;
  }

  /**
   * Starts a proxy, as {@link #start(ActorSystem, ProxyConfig, PluginCatalog, String)} does, whose
   * rules {@code pellucid rules apply FILE} applies.
   */
  public static CompletionStage<ProxyServer> start(
      ActorSystem system, ProxyConfig config, PluginCatalog catalog) {
    return start(system, config, catalog, HostRequirements.NONE.applyCommand());
  }

  /**
   * Starts a proxy. Every plugin instance is made, and every discovery has told its first
   * upstreams, before the first socket is opened. Either all listeners accept in the end, or none.
   *
   * <p>The event loops are those of the actor system, whose configuration says how many there are;
   * they start in the network namespace of the calling thread. Blocks while the host is examined
   * and plugins are made.
   *
   * <p>From when its listeners accept until it is stopped, the proxy looks at its host every {@code
   * pellucid.host-watch.interval}. It logs as a warning what has come to be in the way of its
   * traffic, and counts it in the gauge {@code pellucid.host.findings} of Micrometer's global
   * registry.
   *
   * @param applyCommand the shell command that applies the proxy's {@linkplain HostRules#of rules},
   *     as the cure of what is missing of them
   * @return fails with {@link dev.pellucid.runtime.config.ConfigurationException} if a plugin that
   *     a listener asks for is broken or its settings are bad, with {@link ProxyStartException} if
   *     the host lacks what no proxy starts without, a listener cannot be opened or a discovery
   *     finds no upstreams
   */
  public static CompletionStage<ProxyServer> start(
      ActorSystem system, ProxyConfig config, PluginCatalog catalog, String applyCommand) {
    try {
      Duration interval = system.settings().config().getDuration("pellucid.host-watch.interval");
      HostRequirements wanted = HostRules.requirements(config, applyCommand);
      List<Finding> found = examined(wanted);
      EventLoops loops = EventLoops.get(system);
      ProxyPlugins plugins = ProxyPlugins.create(config, catalog);
      ProxyPools pools = new ProxyPools(system);
      HostWatch watch = HostWatch.of(wanted);
      Supplier<CompletionStage<Done>> close = closing(watch, pools, plugins);
      return pools
          .fill(config, plugins)
          .thenApplyAsync(filled -> pipelines(system, config, plugins, pools), system.dispatcher())
          .thenCompose(pipelines -> start(loops, pipelines, watch, close))
          // Listeners open on a loop; what follows need not hold it.
          .thenApplyAsync(server -> server.watching(found, interval), system.dispatcher())
          .exceptionallyCompose(
              failure -> close.get().thenCompose(end -> CompletableFuture.failedStage(failure)));
    } catch (RuntimeException | Error e) { // a plugin may throw anything
      return CompletableFuture.failedStage(e);
    }
  }

  private static List<Finding> examined(HostRequirements wanted) {
    try {
      List<Finding> findings = Doctor.examine(wanted, Depth.LOOK);
      for (Finding finding : findings) {
        if (finding.type().severity() == Severity.FATAL) {
          throw new ProxyStartException(finding);
        }
      }
      return findings;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while the host was examined");
    }
  }

  private static List<Pipeline> pipelines(
      ActorSystem system, ProxyConfig config, ProxyPlugins plugins, ProxyPools pools) {
    int mark = HostRules.ownMark(config);
    return config.listeners().stream()
        .map(
            listener ->
                Pipeline.of(system, listener, mark, plugins.of(listener), pools.of(listener)))
        .toList();
  }

  private static CompletionStage<ProxyServer> start(
      EventLoops loops,
      List<Pipeline> pipelines,
      HostWatch watch,
      Supplier<CompletionStage<Done>> close) {
    List<StartedListener> started = start(loops, pipelines);
    CompletionStage<Done> ended = Completion.ofAll(started.stream().flatMap(StartedListener::ends));
    ProxyServer server =
        new ProxyServer(
            started,
            watch,
            ended
                .handle((done, failure) -> close.get())
                .thenCompose(closed -> closed)
                .thenCompose(closed -> ended));
    return Completion.ofAll(started.stream().flatMap(StartedListener::bindings))
        .thenApply(bound -> server)
        .exceptionallyCompose(server::abandon);
  }

  private static List<StartedListener> start(EventLoops loops, List<Pipeline> pipelines) {
    List<StartedListener> started = new ArrayList<>();
    try {
      pipelines.forEach(pipeline -> started.add(StartedListener.start(loops, pipeline)));
      return started;
    } catch (RuntimeException | Error e) {
      started.forEach(StartedListener::unbind);
      throw e;
    }
  }

  /**
   * What closes everything when it is first asked to. Discoveries end before their plugin instances
   * are closed, and these are not closed on a thread of the actor system, which may have ended.
   */
  private static Supplier<CompletionStage<Done>> closing(
      HostWatch watch, ProxyPools pools, ProxyPlugins plugins) {
    CompletableFuture<Done> asked = new CompletableFuture<>();
    CompletionStage<Done> closed =
        asked
            .thenCompose(done -> pools.close())
            .thenRunAsync(plugins::close)
            .thenApply(nothing -> Done.getInstance());
    return () -> {
      watch.close();
      asked.complete(Done.getInstance());
      return closed;
    };
  }

  private ProxyServer watching(List<Finding> found, Duration interval) {
    watch.start(found, interval);
    return this;
  }

  /** What looks at the host, for tests that do not wait for it. */
  HostWatch hostWatch() {
    return watch;
  }

  private CompletionStage<ProxyServer> abandon(Throwable failure) {
    return stop()
        .handle((done, consequence) -> CompletableFuture.<ProxyServer>failedStage(failure))
        .thenCompose(failed -> failed);
  }

  /** The listeners, in the order of the configuration; all of them accepted once. */
  public List<RunningListener> listeners() {
    return started.stream().map(StartedListener::running).toList();
  }

  /**
   * Stops listening and lets the connections that are open go on to their end.
   *
   * @return completes when the last connection has ended and every plugin instance is closed; fails
   *     if a pipeline has failed
   */
  public CompletionStage<Done> stop() {
    watch.close(); // it would miss the listeners
    started.forEach(StartedListener::unbind);
    return ended;
  }

  /** Ends the connections that are open with resets; their summaries are logged. */
  public void abortConnections() {
    started.forEach(StartedListener::abortConnections);
  }

  /**
   * Completes when every pipeline has ended, which none does before {@link #stop}. Fails then if
   * one of them has failed.
   */
  public CompletionStage<Done> ended() {
    return ended;
  }
}

package dev.pellucid.sample.customproxy;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.javadsl.Interception;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import dev.pellucid.plugin.roundrobin.RoundRobin;
import dev.pellucid.plugin.textlog.TextAccessLog;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;

/**
 * Balances over the upstreams named on the command line what the firewall's TPROXY rules send to
 * port 50080. On SIGTERM it stops accepting, and ends when the last connection does.
 */
public final class CustomProxy {
  private final ActorSystem system = ActorSystem.create("custom-proxy");

  private CustomProxy() {}

  /** Runs the proxy between all clients and these upstreams, each an {@code address:port}. */
  public static void main(String[] upstreams) {
    new CustomProxy().run(Arrays.stream(upstreams).map(CustomProxy::upstream).toList());
  }

  private static Upstream upstream(String text) {
    int colon = text.lastIndexOf(':');
    int port = Integer.parseInt(text.substring(colon + 1));
    return Upstream.of(new InetSocketAddress(text.substring(0, colon), port));
  }

  private void run(List<Upstream> pool) {
    // #pipeline
    TransparentTcp tcp = TransparentTcp.get(system);

    RunnableGraph<Pair<CompletionStage<Binding>, CompletionStage<Done>>> proxy =
        tcp.bind(BindSettings.create("0.0.0.0", 50080).withInterception(Interception.TPROXY))
            .via(Stages.filter(c -> c.intercepted() ? Verdict.accept() : Verdict.reject()))
            .via(Stages.balance(pool, new RoundRobin()))
            .via(tcp.relay(RelaySettings.create().withSource(SourceAddress.clientIp())))
            .toMat(Stages.accessLog(new TextAccessLog()), Keep.both());

    var copies = EventLoops.get(system).runOnEach(proxy); // one per core, each with its listener
    // #pipeline
    awaitListening(copies.stream().map(Pair::first).toList());
    drainOnSigterm(copies);
    System.out.println("ready");
  }

  private void awaitListening(List<CompletionStage<Binding>> bindings) {
    try {
      bindings.forEach(binding -> binding.toCompletableFuture().join());
    } catch (CompletionException e) {
      system.terminate();
      throw e;
    }
  }

  // #drain
  private void drainOnSigterm(List<Pair<CompletionStage<Binding>, CompletionStage<Done>>> copies) {
    CoordinatedShutdown shutdown = CoordinatedShutdown.get(system);
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceUnbind(),
        "accept no more",
        () -> all(copies, copy -> copy.first().thenCompose(Binding::unbind)));
    shutdown.addTask(
        CoordinatedShutdown.PhaseServiceRequestsDone(),
        "let connections end",
        () -> all(copies, Pair::second));
  }

  // #drain

  private static <T> CompletionStage<Done> all(
      List<T> several, Function<T, CompletionStage<Done>> end) {
    Stream<CompletableFuture<Done>> ends =
        several.stream().map(end.andThen(CompletionStage::toCompletableFuture));
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
        .thenApply(unused -> Done.getInstance());
  }
}

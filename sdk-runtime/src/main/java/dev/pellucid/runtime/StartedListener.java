package dev.pellucid.runtime;

import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.runtime.config.ListenerConfig;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;

/**
 * The copies of a listener's graph, which accept or will find that they cannot.
 *
 * @param config the listener
 * @param copies when each copy accepts, and when it has ended
 */
record StartedListener(
    ListenerConfig config, List<Pair<CompletionStage<Binding>, CompletionStage<Done>>> copies) {

  static StartedListener start(EventLoops loops, Pipeline pipeline) {
    return new StartedListener(pipeline.listener(), loops.runOnEach(pipeline.graph()));
  }

  /** To be asked once all copies accept. */
  RunningListener running() {
    List<Binding> bindings =
        copies.stream().map(copy -> copy.first().toCompletableFuture().join()).toList();
    return new RunningListener(config.name(), config.transport(), bindings);
  }

  /** The sockets; they fail with {@link ProxyStartException}. */
  Stream<CompletionStage<Binding>> bindings() {
    return copies.stream().map(copy -> copy.first().exceptionallyCompose(this::failed));
  }

  /** Closes the sockets; fails if one of them was never opened, but closes the others. */
  CompletionStage<Done> unbind() {
    return Completion.ofAll(copies.stream().map(copy -> copy.first().thenCompose(Binding::unbind)));
  }

  void abortConnections() {
    copies.forEach(copy -> copy.first().thenAccept(Binding::abortConnections));
  }

  Stream<CompletionStage<Done>> ends() {
    return copies.stream().map(Pair::second);
  }

  private CompletionStage<Binding> failed(Throwable failure) {
    return CompletableFuture.failedStage(
        new ProxyStartException(config, Completion.cause(failure)));
  }
}

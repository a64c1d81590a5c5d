package dev.pellucid.runtime.upstream;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RestartSource;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream of a {@link Discovery}, on a dispatcher where it may block. It is run again when it
 * fails, but not before it has told the first upstreams.
 */
public final class RunningDiscovery {
  private static final Logger log = LoggerFactory.getLogger(RunningDiscovery.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** Pekko's own log would call what the user has to know a restarting stream. */
  static final RestartSettings PAUSES =
      RestartSettings.create(Duration.ofSeconds(1), LONGEST_PAUSE, 0.2)
          .withMaxRestarts(Integer.MAX_VALUE, LONGEST_PAUSE)
          .withLogSettings(RestartSettings.createLogSettings(Attributes.logLevelOff()));

  private static final long STOP_SECONDS = 5;

  private final String name;
  private final Consumer<List<Upstream>> pool;
  private final CompletableFuture<Done> first = new CompletableFuture<>();
  private final UniqueKillSwitch stop;
  private final CompletionStage<Done> ended;

  RunningDiscovery(
      ActorSystem system,
      String name,
      Source<List<Upstream>, NotUsed> upstreams,
      Consumer<List<Upstream>> pool,
      RestartSettings pauses) {
    this.name = name;
    this.pool = pool;
    Pair<UniqueKillSwitch, CompletionStage<Done>> running =
        RestartSource.onFailuresWithBackoff(
                pauses.withRestartOn(failure -> first.isDone()), () -> round(upstreams))
            .viaMat(KillSwitches.single(), Keep.right())
            .toMat(Sink.ignore(), Keep.both())
            .withAttributes(ActorAttributes.dispatcher(Dispatchers.DefaultBlockingDispatcherId()))
            .run(system);
    this.stop = running.first();
    this.ended = running.second();
    ended.whenComplete(this::ended);
  }

  /**
   * Runs a discovery.
   *
   * @param name what the log calls it
   * @param pool told each set of upstreams, on a thread that may block; what it throws ends the
   *     stream the first time, and is logged later
   */
  public static RunningDiscovery start(
      ActorSystem system, String name, Discovery discovery, Consumer<List<Upstream>> pool) {
    try (ContextClassLoader context = ContextClassLoader.of(discovery)) {
      return new RunningDiscovery(system, name, discovery.upstreams(), pool, PAUSES);
    }
  }

  /** Completes when the pool has the first upstreams; fails if there will be none. */
  public CompletionStage<Done> first() {
    return first;
  }

  /**
   * Cancels the stream.
   *
   * @return completes when it is over, or does not become so in five seconds; never fails
   */
  public CompletionStage<Done> stop() {
    stop.shutdown();
    return ended
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(Done.getInstance(), STOP_SECONDS, TimeUnit.SECONDS)
        .exceptionally(failure -> Done.getInstance());
  }

  private Source<Done, NotUsed> round(Source<List<Upstream>, NotUsed> upstreams) {
    return upstreams.mapError(Throwable.class, this::failed).map(this::take);
  }

  private Done take(List<Upstream> upstreams) {
    try {
      pool.accept(upstreams);
      first.complete(Done.getInstance());
    } catch (RuntimeException | LinkageError e) {
      // Pekko takes a LinkageError for the end of the process, and this is the end of a plugin.
      if (!first.isDone()) {
        throw e instanceof RuntimeException known ? known : new IllegalStateException(text(e), e);
      }
      log.error("{}: the pool stays as it is, because it cannot have {}", name, upstreams, e);
    }
    return Done.getInstance();
  }

  /** The stack trace of, say, an answer that does not come helps nobody. */
  private Throwable failed(Throwable failure) {
    if (first.isDone()) {
      log.warn("{} failed and will be run again; the pool stays as it is: {}", name, text(failure));
      log.debug("{} failed", name, failure);
    }
    return failure;
  }

  private void ended(Done done, Throwable failure) {
    first.completeExceptionally(
        failure == null ? new IllegalStateException("it ended without upstreams") : failure);
  }

  /** What a failure says, or is. */
  public static String text(Throwable failure) {
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}

package dev.pellucid.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.Done;

/** What {@link CompletionStage} leaves to be said. */
final class Completion {
  private Completion() {}

  /** Completes when all have; fails if one has failed. */
  static CompletableFuture<Done> ofAll(Stream<? extends CompletionStage<?>> stages) {
    CompletableFuture<?>[] futures =
        stages.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(futures).thenApply(all -> Done.getInstance());
  }

  /** The failure itself, without the exception that dependent stages wrap it in. */
  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }
}

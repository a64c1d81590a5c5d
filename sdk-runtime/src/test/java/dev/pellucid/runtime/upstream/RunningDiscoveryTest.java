package dev.pellucid.runtime.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Upstream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.RestartSettings;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunningDiscoveryTest {
  private static final int PATIENCE_SECONDS = 10;
  private static final List<Upstream> ONE = List.of(upstream(1));
  private static final List<Upstream> TWO = List.of(upstream(1), upstream(2));
  private static final List<Upstream> FAILURE = List.of();
  private static final RestartSettings AT_ONCE =
      RestartSettings.create(Duration.ofMillis(10), Duration.ofMillis(10), 0)
          .withLogSettings(RunningDiscovery.PAUSES.logSettings());

  private static ActorSystem system;

  private final LinkedBlockingQueue<List<Upstream>> told = new LinkedBlockingQueue<>();
  private final AtomicInteger runs = new AtomicInteger();

  @BeforeAll
  static void start() {
    system = ActorSystem.create("discovery-test");
  }

  @AfterAll
  static void terminate() {
    TestKit.shutdownActorSystem(system);
  }

  private static Upstream upstream(int number) {
    return Upstream.of(new InetSocketAddress("10.2.0." + number, 80));
  }

  private RunningDiscovery run(Source<List<Upstream>, NotUsed> upstreams) {
    return run(upstreams, told::add);
  }

  private static RunningDiscovery run(
      Source<List<Upstream>, NotUsed> upstreams, Consumer<List<Upstream>> pool) {
    return new RunningDiscovery(system, "discovery test", upstreams, pool, AT_ONCE);
  }

  private List<Upstream> nextTold() throws InterruptedException {
    return told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Tells one set after the other, and then goes on in silence. */
  private static Source<List<Upstream>, NotUsed> telling(List<List<Upstream>> sets) {
    return Source.from(sets).concat(Source.never());
  }

  private Source<List<Upstream>, NotUsed> counted(
      IntFunction<Source<List<Upstream>, NotUsed>> run) {
    return Source.lazySource(() -> run.apply(runs.incrementAndGet()))
        .mapMaterializedValue(made -> NotUsed.getInstance());
  }

  /** Pekko's own failing sources do not wait for their turn. */
  private List<Upstream> orFailure(List<Upstream> upstreams) {
    if (upstreams.equals(FAILURE)) {
      throw new IllegalStateException("the first time");
    }
    return upstreams;
  }

  private static Source<List<Upstream>, NotUsed> failed(String message) {
    return Source.failed(new IllegalStateException(message));
  }

  @Test
  void thePoolIsToldEverySetInOrder() throws InterruptedException {
    RunningDiscovery running = run(telling(List.of(ONE, TWO)));
    await(running.first());
    assertEquals(ONE, nextTold());
    assertEquals(TWO, nextTold());
    await(running.stop());
  }

  @Test
  void aFailureBeforeTheFirstSetIsFinal() {
    RunningDiscovery running = run(counted(number -> failed("no such name")));
    CompletionException failure =
        assertThrows(CompletionException.class, () -> await(running.first()));
    assertEquals("no such name", failure.getCause().getMessage());
    await(running.stop());
    assertEquals(1, runs.get());
  }

  @Test
  void anEndBeforeTheFirstSetIsAFailure() {
    CompletionException failure =
        assertThrows(CompletionException.class, () -> await(run(Source.empty()).first()));
    assertEquals("it ended without upstreams", failure.getCause().getMessage());
  }

  @Test
  void aPoolThatCannotHaveTheFirstSetIsAFailureToo() {
    IllegalStateException refusal = new IllegalStateException("thrown by a test's pool");
    RunningDiscovery running =
        run(
            telling(List.of(ONE)),
            upstreams -> {
              throw refusal;
            });
    CompletionException failure =
        assertThrows(CompletionException.class, () -> await(running.first()));
    assertSame(refusal, failure.getCause());
  }

  @Test
  void aLaterFailureRunsItAgain() throws InterruptedException {
    RunningDiscovery running =
        run(
            counted(
                number ->
                    switch (number) {
                      case 1 -> Source.from(List.of(ONE, FAILURE)).map(this::orFailure);
                      case 2, 3 -> failed("once more");
                      default -> telling(List.of(TWO));
                    }));
    await(running.first());
    assertEquals(ONE, nextTold());
    assertEquals(TWO, nextTold());
    assertEquals(4, runs.get());
    await(running.stop());
  }

  @Test
  void theEndIsForGood() throws InterruptedException {
    RunningDiscovery running = run(counted(number -> Source.single(ONE)));
    await(running.first());
    assertEquals(ONE, nextTold());
    await(running.stop());
    assertEquals(1, runs.get());
  }

  @Test
  void aSetThatThePoolCannotHaveIsSkipped() throws InterruptedException {
    RunningDiscovery running =
        run(
            counted(number -> telling(List.of(ONE, List.of(), TWO))),
            upstreams -> {
              if (upstreams.isEmpty()) {
                throw new IllegalStateException("thrown by a test's pool");
              }
              told.add(upstreams);
            });
    assertEquals(ONE, nextTold());
    assertEquals(TWO, nextTold());
    assertEquals(1, runs.get());
    await(running.stop());
  }

  @Test
  void stoppingCancelsTheStream() throws InterruptedException {
    CountDownLatch cancelled = new CountDownLatch(1);
    Source<List<Upstream>, NotUsed> endless =
        telling(List.of(ONE))
            .watchTermination(
                (made, ended) -> {
                  ended.thenRun(cancelled::countDown);
                  return made;
                });
    RunningDiscovery running = run(endless);
    await(running.first());
    assertFalse(cancelled.await(0, TimeUnit.SECONDS));
    await(running.stop());
    assertTrue(cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void itMayBlock() throws InterruptedException {
    Source<String, NotUsed> thread = Source.single("").map(any -> Thread.currentThread().getName());
    LinkedBlockingQueue<String> names = new LinkedBlockingQueue<>();
    RunningDiscovery running = run(thread.map(names::add).map(added -> ONE));
    await(running.first());
    String name = names.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(name.contains("blocking"), name);
  }
}

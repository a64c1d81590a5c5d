package dev.pellucid.runtime.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.OtherClassLoader;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.testkit.FakeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class AccessLogStageTest {
  private static final int BATCH = 1024;

  private static final ConnectionSummary END = FakeConnection.create().summary();

  private static ActorSystem system;

  private final LinkedBlockingQueue<List<ConnectionSummary>> batches = new LinkedBlockingQueue<>();
  private final IllegalStateException failure = new IllegalStateException("failed by a test");
  private final CountDownLatch failed = new CountDownLatch(1);

  @BeforeAll
  static void start() {
    system = ActorSystem.create("access-log-test");
  }

  @AfterAll
  static void terminate() {
    TestKit.shutdownActorSystem(system);
  }

  private static List<ConnectionSummary> summaries(int count) {
    return IntStream.range(0, count).mapToObj(i -> FakeConnection.create().summary()).toList();
  }

  private static Source<ConnectionSummary, NotUsed> source(List<ConnectionSummary> summaries) {
    return Source.from(summaries);
  }

  private static CompletionStage<Done> run(
      Source<ConnectionSummary, NotUsed> source, AccessLog log) {
    return source.runWith(new AccessLogStage(log), system);
  }

  /** So that a library inside a plugin finds its classes and files whenever it looks for them. */
  @Test
  void theLogIsCalledInItsOwnContext() throws Exception {
    OtherClassLoader other = new OtherClassLoader();
    Await.result(run(source(summaries(1)), other.make(AccessLog.class)));
    assertEquals(List.of(other), other.contexts());
  }

  private List<ConnectionSummary> written() {
    return batches.stream().flatMap(List::stream).toList();
  }

  @Test
  void writesEverySummaryOnceAndInOrder() throws Exception {
    List<ConnectionSummary> all = summaries(5_000);
    Await.result(run(source(all), batches::add));
    assertEquals(all, written());
  }

  @Test
  void writesInBatches() throws Exception {
    Await.result(run(source(summaries(5_000)), batches::add));
    assertTrue(batches.size() < 50, () -> batches.size() + " batches");
    assertTrue(batches.stream().allMatch(batch -> batch.size() <= BATCH));
  }

  @Test
  void writesWhereItMayBlock() throws Exception {
    AtomicReference<EventLoop> loop = new AtomicReference<>();
    CountDownLatch written = new CountDownLatch(1);
    AccessLog log =
        batch -> {
          loop.set(EventLoop.current());
          written.countDown();
        };
    Await.result(runOnALoop(source(summaries(1)), log));
    Await.reached(written);
    assertNull(loop.get());
  }

  private static CompletionStage<Done> runOnALoop(
      Source<ConnectionSummary, NotUsed> source, AccessLog log) {
    return source
        .toMat(new AccessLogStage(log), Keep.right())
        .addAttributes(ActorAttributes.dispatcher(loopDispatcher()))
        .run(system);
  }

  private static String loopDispatcher() {
    return EventLoops.get(system).dispatcher(0);
  }

  @Test
  void writesNothingWhenThereIsNothing() throws Exception {
    Await.result(run(source(List.of()), batches::add));
    assertEquals(0, batches.size());
  }

  @Test
  void doesNotKeepTheLastSummariesBackWhileTheStreamGoesOn() throws Exception {
    List<ConnectionSummary> some = summaries(3);
    Source<ConnectionSummary, NotUsed> endless = source(some).concat(Source.never());
    run(endless, batches::add);
    assertEquals(some, batches.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  @Test
  void writesAgainAfterAnIdleTime() throws Exception {
    BoundedSourceQueue<ConnectionSummary> queue =
        Source.<ConnectionSummary>queue(4).to(new AccessLogStage(batches::add)).run(system);
    for (ConnectionSummary summary : summaries(3)) {
      queue.offer(summary);
      assertEquals(List.of(summary), batches.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    queue.complete();
  }

  /** Does not return from its first call before so many summaries have been taken. */
  private final class SlowLog implements AccessLog {
    final AtomicInteger outstanding = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final CountDownLatch enough = new CountDownLatch(2 * BATCH);

    ConnectionSummary take(ConnectionSummary summary) {
      most.accumulateAndGet(outstanding.incrementAndGet(), Math::max);
      enough.countDown();
      return summary;
    }

    @Override
    public void log(List<ConnectionSummary> summaries) {
      reached(enough);
      outstanding.addAndGet(-summaries.size());
      batches.add(summaries);
    }
  }

  @Test
  void aSlowLogIsWaitedForAndNothingIsLost() throws Exception {
    SlowLog log = new SlowLog();
    List<ConnectionSummary> all = summaries(10_000);
    // Only full batches, however slowly the summaries come.
    AccessLogStage stage = new AccessLogStage(log, Duration.ofHours(1));
    Await.result(source(all).map(log::take).runWith(stage, system));
    assertEquals(all, written());
    // One batch that is being written and one that waits.
    assertEquals(2 * BATCH, log.most.get());
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("thrown by a test's log"),
        new AssertionError("thrown by a test's log"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aLogThatThrowsLosesThatBatchAlone(Throwable thrown) throws Exception {
    List<ConnectionSummary> lost = new ArrayList<>();
    AccessLog log =
        batch -> {
          if (lost.isEmpty()) {
            lost.addAll(batch);
            AccessLogStageTest.<RuntimeException>sneak(thrown);
          }
          batches.add(batch);
        };
    List<ConnectionSummary> all = summaries(3_000);
    Await.result(run(source(all), log));
    assertTrue(lost.size() <= BATCH);
    assertEquals(all.subList(lost.size(), all.size()), written());
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void completesAfterTheLastWrite() throws Exception {
    CompletableFuture<CompletionStage<Done>> materialized = new CompletableFuture<>();
    CompletableFuture<Boolean> completedTooEarly = new CompletableFuture<>();
    AccessLog log = batch -> completedTooEarly.complete(isDoneAfterAllIsSaid(materialized));
    materialized.complete(runOnALoop(source(summaries(3)), log));
    assertEquals(Done.getInstance(), Await.result(materialized.join()));
    assertFalse(completedTooEarly.getNow(true));
  }

  /** The stage and this question share a thread, so the stage has had its turn. */
  private static boolean isDoneAfterAllIsSaid(
      CompletableFuture<CompletionStage<Done>> materialized) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    CompletableFuture<Done> done = materialized.join().toCompletableFuture();
    system.dispatchers().lookup(loopDispatcher()).execute(() -> answer.complete(done.isDone()));
    return answer.join();
  }

  @Test
  void aFailureOfTheStreamIsPassedOnAndWhatCameBeforeIsWritten() throws Exception {
    List<ConnectionSummary> before = summaries(3);
    CompletionStage<Done> done = run(failingAfter(before), batches::add);
    assertSame(failure, Await.failure(done));
    assertEquals(before, batches.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private Source<ConnectionSummary, NotUsed> failingAfter(List<ConnectionSummary> before) {
    List<ConnectionSummary> all = new ArrayList<>(before);
    all.add(END);
    return source(all).map(this::failAtTheEnd);
  }

  /** The stages are fused: the log's stage fails before it hears of anything else. */
  private ConnectionSummary failAtTheEnd(ConnectionSummary summary) {
    if (!summary.equals(END)) {
      return summary;
    }
    failed.countDown();
    throw failure;
  }

  @Test
  void aFailureLosesNothingThatWaitsForASlowLog() throws Exception {
    List<ConnectionSummary> before = summaries(BATCH + 3);
    AccessLog log =
        batch -> {
          reached(failed);
          batches.add(batch);
        };
    assertSame(failure, Await.failure(run(failingAfter(before), log)));
    Await.until(() -> "wrote " + written().size(), () -> written().size() == before.size());
    assertEquals(before, written());
  }

  private static void reached(CountDownLatch latch) {
    try {
      Await.reached(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

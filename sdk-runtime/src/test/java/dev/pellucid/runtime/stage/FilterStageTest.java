package dev.pellucid.runtime.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.runtime.Await;
import dev.pellucid.testkit.FakeConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class FilterStageTest {
  private static final Termination REJECTED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);
  private static final Termination STOPPED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.STOPPED);
  private static ActorSystem system;

  private BoundedSourceQueue<Connection> in;
  private SinkQueueWithCancel<Connection> out;

  @BeforeAll
  static void start() {
    system = ActorSystem.create("filter-test");
  }

  @AfterAll
  static void terminate() {
    TestKit.shutdownActorSystem(system);
  }

  private void run(ConnectionFilter filter) {
    Pair<BoundedSourceQueue<Connection>, SinkQueueWithCancel<Connection>> ends =
        Source.<Connection>queue(64)
            .via(new FilterStage(filter))
            .toMat(Sink.queue(), Keep.both())
            .withAttributes(Attributes.inputBuffer(1, 1))
            .run(system);
    in = ends.first();
    out = ends.second();
  }

  private FakeConnection offered() {
    return offered(FakeConnection.create());
  }

  private FakeConnection offered(FakeConnection connection) {
    assertEquals(QueueOfferResult.enqueued(), in.offer(connection));
    return connection;
  }

  private void assertPasses(Connection expected) throws Exception {
    assertSame(expected, Await.result(out.pull()).orElse(null));
  }

  private void assertPassesRefused(Termination termination, Connection expected) throws Exception {
    assertPasses(expected);
    assertEquals(Optional.of(termination), expected.refusal());
  }

  /** Answers with verdicts that the test gives later. */
  private static final class Deferring implements ConnectionFilter {
    private final Map<Connection, CompletableFuture<Verdict>> verdicts = new ConcurrentHashMap<>();

    CompletableFuture<Verdict> verdict(Connection connection) {
      return verdicts.computeIfAbsent(connection, asked -> new CompletableFuture<>());
    }

    @Override
    public Verdict decide(Connection connection) {
      return Verdict.later(verdict(connection));
    }
  }

  private Deferring runDeferring() {
    Deferring filter = new Deferring();
    run(filter);
    return filter;
  }

  @Test
  void acceptedConnectionsPassInOrder() throws Exception {
    run(connection -> Verdict.accept());
    List<FakeConnection> all = IntStream.range(0, 50).mapToObj(i -> offered()).toList();
    for (FakeConnection connection : all) {
      assertPasses(connection);
      assertEquals(Optional.empty(), connection.refusal());
    }
  }

  @Test
  void rejectedConnectionsPassRefused() throws Exception {
    run(connection -> Verdict.reject());
    assertPassesRefused(REJECTED, offered());
    assertPassesRefused(REJECTED, offered());
  }

  @Test
  void aVerdictThatTakesTimeHoldsUpNoOther() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection first = offered();
    FakeConnection second = offered();
    FakeConnection third = offered();
    filter.verdict(third).complete(Verdict.accept());
    assertPasses(third);
    filter.verdict(first).complete(Verdict.reject());
    assertPassesRefused(REJECTED, first);
    filter.verdict(second).complete(Verdict.accept());
    assertPasses(second);
    assertEquals(Optional.empty(), second.refusal());
  }

  @Test
  void aLaterVerdictMayBeYetLater() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection connection = offered();
    CompletableFuture<Verdict> second = new CompletableFuture<>();
    filter.verdict(connection).complete(Verdict.later(second));
    second.complete(Verdict.reject());
    assertPassesRefused(REJECTED, connection);
  }

  static Stream<ConnectionFilter> broken() {
    return Stream.of(
        connection -> {
          throw new IllegalStateException("thrown by a test's filter");
        },
        connection -> {
          throw new StackOverflowError("thrown by a test's filter");
        },
        connection -> null,
        connection -> Verdict.later(CompletableFuture.failedFuture(new Exception("a test's"))),
        connection -> Verdict.later(CompletableFuture.completedFuture(null)));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenFilterRefusesTheConnectionAndTheStreamLives(ConnectionFilter broken)
      throws Exception {
    FakeConnection unlucky = FakeConnection.create();
    run(connection -> connection == unlucky ? broken.decide(connection) : Verdict.accept());
    assertPassesRefused(FAILED, offered(unlucky));
    FakeConnection next = offered();
    assertPasses(next);
    assertEquals(Optional.empty(), next.refusal());
    in.complete();
    assertEquals(Optional.empty(), Await.result(out.pull()));
  }

  @Test
  void refusedConnectionsAreNotAskedAbout() throws Exception {
    List<Connection> asked = Collections.synchronizedList(new ArrayList<>());
    run(
        connection -> {
          asked.add(connection);
          return Verdict.accept();
        });
    FakeConnection refused = FakeConnection.create();
    refused.refuse(STOPPED);
    assertPassesRefused(STOPPED, offered(refused));
    FakeConnection other = offered();
    assertPasses(other);
    assertEquals(List.of(other), asked);
  }

  @Test
  void completionWaitsForEveryVerdict() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection first = offered();
    FakeConnection second = offered();
    // The stage learns these things in this order.
    in.complete();
    filter.verdict(first).complete(Verdict.accept());
    assertPasses(first);
    filter.verdict(second).complete(Verdict.accept());
    assertPasses(second);
    assertEquals(Optional.empty(), Await.result(out.pull()));
  }

  private void assertStopped(FakeConnection connection) throws Exception {
    Await.until("not refused", () -> connection.refusal().isPresent());
    assertEquals(Optional.of(STOPPED), connection.refusal());
  }

  @Test
  void whoIsOverIsNotWaitedFor() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection connection = offered();
    Await.until("not asked", () -> filter.verdicts.size() == 1);
    connection.refuse(REJECTED);
    connection.close(REJECTED);
    assertPassesRefused(REJECTED, connection);
    filter.verdict(connection).complete(Verdict.accept());
    FakeConnection next = offered();
    filter.verdict(next).complete(Verdict.reject());
    assertPassesRefused(REJECTED, next);
  }

  @Test
  void cancellationRefusesTheUndecided() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection first = offered();
    FakeConnection second = offered();
    Await.until("not asked", () -> filter.verdicts.size() == 2);
    out.cancel();
    assertStopped(first);
    assertStopped(second);
  }

  @Test
  void aFailureRefusesTheUndecided() throws Exception {
    Deferring filter = runDeferring();
    FakeConnection connection = offered();
    Await.until("not asked", () -> filter.verdicts.size() == 1);
    in.fail(new IllegalStateException("failed by a test"));
    assertStopped(connection);
    assertTrue(Await.failure(out.pull()) instanceof IllegalStateException);
  }

  @Test
  void cancellationRefusesTheDecidedThatNobodyHasTaken() throws Exception {
    Deferring filter = runDeferring();
    List<FakeConnection> all = IntStream.range(0, 10).mapToObj(i -> offered()).toList();
    Await.until("not asked", () -> filter.verdicts.size() == 10);
    // The stage learns of the verdicts before it learns of the cancellation.
    all.forEach(connection -> filter.verdict(connection).complete(Verdict.accept()));
    out.cancel();
    // Some are with the sink already, which takes at most two without being asked.
    Await.until("not refused", () -> all.stream().filter(FilterStageTest::isStopped).count() >= 8);
  }

  private static boolean isStopped(Connection connection) {
    return connection.refusal().equals(Optional.of(STOPPED));
  }

  @Test
  void anyNumberMayBeUndecided() throws Exception {
    int many = 5_000;
    Queue<CompletableFuture<Verdict>> asked = new ConcurrentLinkedQueue<>();
    CompletionStage<Integer> passed =
        Source.range(1, many)
            .map(i -> (Connection) FakeConnection.create())
            .via(
                new FilterStage(
                    connection -> {
                      CompletableFuture<Verdict> verdict = new CompletableFuture<>();
                      asked.add(verdict);
                      return Verdict.later(verdict);
                    }))
            .runWith(Sink.fold(0, (count, connection) -> count + 1), system);
    Await.until("asks about all", () -> asked.size() == many);
    asked.forEach(verdict -> verdict.complete(Verdict.accept()));
    assertEquals(many, Await.result(passed));
  }
}

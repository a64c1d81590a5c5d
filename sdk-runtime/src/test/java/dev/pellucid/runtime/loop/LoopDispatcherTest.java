package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.runtime.Await;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoopDispatcherTest {
  private static final String ID = "tested.loop";

  private ActorSystem system;
  private TestLoop test;

  @BeforeEach
  void start() throws Exception {
    system = ActorSystem.create("dispatcher-test");
    test = new TestLoop("tested-loop");
    LoopDispatcher.register(system, ID, test.loop);
  }

  @AfterEach
  void close() throws Exception {
    TestKit.shutdownActorSystem(system);
    test.close();
  }

  /** Answers with the loop it runs on, or fails. */
  static final class Teller extends AbstractActor {
    @Override
    public Receive createReceive() {
      return receiveBuilder()
          .matchEquals("where", message -> getSender().tell(EventLoop.current(), getSelf()))
          .matchEquals("fail", Teller::fail)
          .build();
    }

    private static void fail(Object message) {
      throw new IllegalStateException("thrown by a test's actor");
    }
  }

  private ActorRef teller() {
    return system.actorOf(Props.create(Teller.class, Teller::new).withDispatcher(ID));
  }

  private void assertRunsOnTheLoop(ActorRef actor) {
    TestKit probe = new TestKit(system);
    actor.tell("where", probe.getRef());
    assertSame(test.loop, probe.expectMsgClass(Await.PATIENCE, EventLoop.class));
  }

  @Test
  void actorsRunOnTheLoop() {
    assertRunsOnTheLoop(teller());
  }

  @Test
  void anActorThatThrowsHarmsNeitherItselfNorOthers() {
    ActorRef failing = teller();
    failing.tell("fail", ActorRef.noSender());
    assertRunsOnTheLoop(failing);
    assertRunsOnTheLoop(teller());
  }

  @Test
  void streamsRunOnTheLoop() throws Exception {
    assertEquals(Collections.nCopies(3_000, test.loop), Await.result(loopsOfAStream()));
  }

  private CompletionStage<List<EventLoop>> loopsOfAStream() {
    RunnableGraph<CompletionStage<List<EventLoop>>> graph =
        Source.range(1, 3_000).map(i -> EventLoop.current()).toMat(Sink.seq(), Keep.right());
    return graph.addAttributes(ActorAttributes.dispatcher(ID)).run(system);
  }

  @Test
  void worksAgainAfterPekkoHasShutTheIdleExecutorDown() throws Exception {
    Dispatcher dispatcher = (Dispatcher) system.dispatchers().lookup(ID);
    ActorRef first = teller();
    assertRunsOnTheLoop(first);
    ExecutorService executor = dispatcher.executorService();
    system.stop(first);
    // After a second without actors.
    Await.until("no shutdown", () -> dispatcher.executorService() != executor);
    assertRunsOnTheLoop(teller());
    assertNotSame(executor, dispatcher.executorService());
    assertEquals(3_000, Await.result(loopsOfAStream()).size());
  }

  @Test
  void shuttingAnExecutorDownLeavesTheLoopAlone() throws Exception {
    LoopExecutorService executor = new LoopExecutorService(test.loop);
    assertSame(test.loop, executor.submit(EventLoop::current).get());
    executor.shutdown();
    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
    assertSame(test.loop, test.call(EventLoop::current));
  }

  @Test
  void refusesAnIdThatIsTaken() {
    assertThrows(IllegalStateException.class, () -> LoopDispatcher.register(system, ID, test.loop));
  }
}

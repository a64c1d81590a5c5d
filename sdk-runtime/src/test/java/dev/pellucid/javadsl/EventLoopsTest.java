package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.runtime.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopsTest {
  private ActorSystem system;

  @AfterEach
  void terminate() {
    TestKit.shutdownActorSystem(system);
  }

  private EventLoops configured(int loops) {
    Config config = ConfigFactory.parseString("pellucid.event-loops = " + loops);
    system = ActorSystem.create("loops-test", config.withFallback(ConfigFactory.load()));
    return EventLoops.get(system);
  }

  /** The names of the threads that its copies run on. */
  private static RunnableGraph<CompletionStage<String>> threadName() {
    return Source.single(1)
        .map(one -> Thread.currentThread().getName())
        .toMat(Sink.head(), Keep.right());
  }

  @Test
  void runsOneCopyOfAGraphOnEachLoop() throws Exception {
    EventLoops loops = configured(3);
    List<String> names = new ArrayList<>();
    for (CompletionStage<String> name : loops.runOnEach(threadName())) {
      names.add(Await.result(name));
    }
    assertEquals(List.of("loops-test-loop-0", "loops-test-loop-1", "loops-test-loop-2"), names);
  }

  @Test
  void hasAsManyLoopsAsConfigured() {
    assertEquals(3, configured(3).count());
  }

  @Test
  void hasALoopPerCoreByDefault() {
    assertEquals(Runtime.getRuntime().availableProcessors(), configured(0).count());
  }

  @Test
  void anActorSystemHasOneSetOfLoops() {
    assertSame(configured(1), EventLoops.get(system));
  }

  @Test
  void offersItsLoopsInTurn() {
    EventLoops loops = configured(2);
    List<Object> turn = List.of(loops.next(), loops.next());
    assertEquals(2, turn.stream().distinct().count());
    assertEquals(turn, List.of(loops.next(), loops.next()));
  }

  @Test
  void theLoopsEndWithTheActorSystem() throws Exception {
    configured(2);
    Await.until("threads of an earlier test", () -> loopThreads().size() == 2);
    List<Thread> threads = loopThreads();
    system.terminate();
    for (Thread thread : threads) {
      thread.join(Await.PATIENCE.toMillis());
      assertFalse(thread.isAlive(), thread::getName);
    }
  }

  private static List<Thread> loopThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("loops-test-loop-"))
        .toList();
  }
}

package dev.pellucid.javadsl;

import dev.pellucid.api.Connection;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.LoopDispatcher;
import dev.pellucid.runtime.loop.LoopWatchdog;
import dev.pellucid.runtime.relay.ListenerGroup;
import dev.pellucid.runtime.stage.BindStage;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The event loops of an actor system, {@code pellucid.event-loops} of them, one per core by
 * default. They start when this extension is first asked for, in the network namespace of the
 * thread that asks, and end when the actor system has terminated. May be used on any thread.
 */
public final class EventLoops implements Extension {
  private static final ExtensionId ID = new ExtensionId();

  private final ActorSystem system;
  private final List<EventLoop> loops;
  private final AtomicInteger turn = new AtomicInteger();

  private EventLoops(ActorSystem system, List<EventLoop> loops) {
    this.system = system;
    this.loops = loops;
  }

  /**
   * The loops of an actor system.
   *
   * @throws UncheckedIOException if they cannot be started for want of descriptors
   */
  public static EventLoops get(ClassicActorSystemProvider system) {
    return ID.get(system);
  }

  /** How many loops there are. */
  public int count() {
    return loops.size();
  }

  /**
   * The dispatcher of a loop, for {@link ActorAttributes#dispatcher}.
   *
   * @param index from 0 to {@link #count} - 1
   */
  public String dispatcher(int index) {
    return "pellucid.loop-" + index;
  }

  /**
   * Runs one copy of a graph on each loop. Listeners in it share their address.
   *
   * @return what the copies materialize, in the order of the loops
   */
  public <M> List<M> runOnEach(RunnableGraph<M> graph) {
    List<M> materialized = new ArrayList<>();
    for (int i = 0; i < loops.size(); i++) {
      materialized.add(graph.addAttributes(ActorAttributes.dispatcher(dispatcher(i))).run(system));
    }
    return materialized;
  }

  /** The connections of a group's listeners, one for each materialization. */
  Source<Connection, CompletionStage<Binding>> bind(ListenerGroup group) {
    return Source.fromGraph(new BindStage(group, this::next))
        .mapMaterializedValue(
            opened ->
                opened
                    .thenApply(listener -> new Binding(listener, group))
                    .exceptionallyCompose(failure -> BindException.failed(group, failure)));
  }

  /** The loop for something that does not run on one; each in turn. */
  EventLoop next() {
    return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
  }

  private static final class ExtensionId extends AbstractExtensionId<EventLoops> {
    @Override
    public EventLoops createExtension(ExtendedActorSystem system) {
      int configured = system.settings().config().getInt("pellucid.event-loops");
      int count = configured > 0 ? configured : Runtime.getRuntime().availableProcessors();
      List<EventLoop> loops = new ArrayList<>();
      EventLoops extension = new EventLoops(system, loops);
      start(loops, count, system.name());
      for (int i = 0; i < count; i++) {
        LoopDispatcher.register(system, extension.dispatcher(i), loops.get(i));
      }
      // Not before: until then, actors on the loops have to be able to stop.
      system.getWhenTerminated().thenRun(() -> loops.forEach(EventLoop::close));
      watch(system, loops);
      return extension;
    }

    private static void watch(ExtendedActorSystem system, List<EventLoop> loops) {
      Duration threshold = system.settings().config().getDuration("pellucid.loop-held-threshold");
      LoopWatchdog watchdog = LoopWatchdog.start(loops, threshold);
      system.getWhenTerminated().thenRun(watchdog::close);
    }

    private static void start(List<EventLoop> loops, int count, String name) {
      try {
        for (int i = 0; i < count; i++) {
          loops.add(EventLoop.start(name + "-loop-" + i));
        }
      } catch (LinuxException e) {
        loops.forEach(EventLoop::close);
        throw new UncheckedIOException(e);
      }
    }
  }
}

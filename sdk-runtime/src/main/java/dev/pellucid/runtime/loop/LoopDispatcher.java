package dev.pellucid.runtime.loop;

import com.typesafe.config.Config;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.dispatch.Dispatcher;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.dispatch.ExecutorServiceFactory;
import org.apache.pekko.dispatch.ExecutorServiceFactoryProvider;
import org.apache.pekko.dispatch.MessageDispatcher;
import org.apache.pekko.dispatch.MessageDispatcherConfigurator;
import scala.concurrent.duration.Duration;
import scala.concurrent.duration.FiniteDuration;

/** Makes an event loop a dispatcher of an actor system. */
public final class LoopDispatcher extends MessageDispatcherConfigurator {
  /** Messages one actor handles before the loop goes on; enough for a burst of connections. */
  private static final int THROUGHPUT = 64;

  private static final FiniteDuration SHUTDOWN_TIMEOUT = Duration.create(1, "second");

  private final MessageDispatcher dispatcher;

  private LoopDispatcher(
      String id, EventLoop loop, Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
    this.dispatcher =
        new Dispatcher(this, id, THROUGHPUT, Duration.Zero(), new OneLoop(loop), SHUTDOWN_TIMEOUT);
  }

  /**
   * Registers a loop.
   *
   * @param id the dispatcher's id, new to this actor system
   */
  public static void register(ActorSystem system, String id, EventLoop loop) {
    Dispatchers dispatchers = system.dispatchers();
    LoopDispatcher configurator =
        new LoopDispatcher(
            id, loop, dispatchers.defaultDispatcherConfig(), dispatchers.prerequisites());
    if (!dispatchers.registerConfigurator(id, configurator)) {
      throw new IllegalStateException("dispatcher " + id + " exists already");
    }
  }

  @Override
  public MessageDispatcher dispatcher() {
    return dispatcher;
  }

  /** Pekko shuts the executor of an idle dispatcher down and asks for another when it has work. */
  private record OneLoop(EventLoop loop)
      implements ExecutorServiceFactoryProvider, ExecutorServiceFactory {

    @Override
    public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory unused) {
      return this;
    }

    @Override
    public ExecutorService createExecutorService() {
      return new LoopExecutorService(loop);
    }
  }
}

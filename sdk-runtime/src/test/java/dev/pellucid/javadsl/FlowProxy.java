package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.RunnableGraph;

/** A proxy in the lab that runs a stream for the bytes of each intercepted connection. */
final class FlowProxy implements AutoCloseable {
  private final ActorSystem system;
  private final Binding binding;

  /** Where the streams run. */
  enum On {
    /** The connection's own loop. */
    LOOP,
    /** Pekko's default dispatcher, from which epoll is a hop away. */
    DEFAULT_DISPATCHER;

    Attributes attributes(ActorSystem system) {
      return this == LOOP
          ? ActorAttributes.dispatcher(EventLoops.get(system).dispatcher(0))
          : Attributes.none();
    }
  }

  /** What happens to the bytes of a connection. */
  @FunctionalInterface
  interface Handling {
    RunnableGraph<?> of(ActorSystem system, Connection connection);
  }

  private FlowProxy(ActorSystem system, Binding binding) {
    this.system = system;
    this.binding = binding;
  }

  static FlowProxy start(LabNetwork net, On on, Handling handling) throws Exception {
    return net.closeAtEnd(net.proxy().call(() -> run(on, handling)));
  }

  private static FlowProxy run(On on, Handling handling) throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "proxy",
            ConfigFactory.parseString("pellucid.event-loops = 1")
                .withFallback(ConfigFactory.load()));
    BindSettings settings =
        BindSettings.create("0.0.0.0", TestProxy.LISTENER_PORT)
            .withInterception(Interception.TPROXY);
    Attributes attributes = on.attributes(system);
    Binding binding =
        Await.result(
            TransparentTcp.get(system)
                .bind(settings)
                .to(Stages.handleEach(connection -> handling.of(system, connection)))
                .addAttributes(attributes)
                .run(system));
    return new FlowProxy(system, binding);
  }

  Binding binding() {
    return binding;
  }

  /** Waits for the end of all connections and looks for what they have left behind. */
  void assertNothingLeft(String termination) throws Exception {
    Await.until("a connection is still open", () -> !binding.terminations().isEmpty());
    assertEquals("{" + termination + "=1}", binding.terminations().toString());
    assertAllClosed();
  }

  /** Waits until no connection is open, and looks for what they have left behind. */
  void assertAllClosed() throws Exception {
    Await.until("a connection is still open", () -> binding.openConnections() == 0);
    Await.result(binding.unbind());
    Await.until("a descriptor or a timer is left", () -> held() == 0);
  }

  private int held() throws Exception {
    EventLoop loop = EventLoops.get(system).next();
    return Await.result(
        CompletableFuture.supplyAsync(() -> loop.registered() + loop.timers(), loop));
  }

  @Override
  public void close() throws Exception {
    system.terminate();
    Await.result(system.getWhenTerminated());
  }
}

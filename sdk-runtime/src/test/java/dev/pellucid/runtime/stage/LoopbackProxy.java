package dev.pellucid.runtime.stage;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import dev.pellucid.runtime.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.apache.pekko.testkit.javadsl.TestKit;

/** A proxy on loopback before an upstream that echoes, in an actor system of its own. */
final class LoopbackProxy implements AutoCloseable {
  private static final InetAddress HOST = InetAddress.getLoopbackAddress();
  private static final int TIMEOUT_MILLIS = (int) Await.PATIENCE.toMillis();

  /** Where the stages run. */
  enum On {
    /** The dispatcher of the second of two loops. */
    LOOP,
    /** Pekko's default dispatcher, from which every step is a hop to a loop and back. */
    DEFAULT_DISPATCHER
  }

  final ActorSystem system;
  private final On on;
  private final List<AutoCloseable> open = new ArrayList<>();

  /** A running pipeline. */
  record Running(
      CompletionStage<Binding> opening,
      UniqueKillSwitch killSwitch,
      SinkQueueWithCancel<ConnectionSummary> summaries) {

    Binding binding() throws Exception {
      return Await.result(opening);
    }

    /** The next summary; empty at the end of the stream. */
    Optional<ConnectionSummary> next() throws Exception {
      return Await.result(summaries.pull());
    }
  }

  LoopbackProxy(On on) {
    this.on = on;
    this.system =
        ActorSystem.create(
            "loopback-proxy",
            ConfigFactory.parseString("pellucid.event-loops = 2")
                .withFallback(ConfigFactory.load()));
  }

  static BindSettings anyPort() {
    return BindSettings.create(new InetSocketAddress(HOST, 0));
  }

  Attributes dispatcher() {
    return on == On.LOOP
        ? ActorAttributes.dispatcher(EventLoops.get(system).dispatcher(1))
        : Attributes.none();
  }

  Running run(BindSettings settings, InetSocketAddress upstream) {
    return run(settings, Flow.create(), upstream);
  }

  Running run(
      BindSettings settings,
      Flow<Connection, Connection, NotUsed> before,
      InetSocketAddress upstream) {
    TransparentTcp tcp = TransparentTcp.get(system);
    Optional<Upstream> only = Optional.of(Upstream.of(upstream));
    return tcp.bind(settings)
        .via(before)
        .via(Stages.balance(List.of(only.get()), pool -> (connection, usable) -> only))
        .via(tcp.relay(RelaySettings.create()))
        .viaMat(KillSwitches.single(), Keep.both())
        .toMat(Sink.queue(), (first, queue) -> new Running(first.first(), first.second(), queue))
        .addAttributes(dispatcher())
        .run(system);
  }

  /** Starts an upstream that sends back what it receives, and the end of the stream too. */
  InetSocketAddress echo() throws IOException {
    ServerSocket listener = closeAtEnd(new ServerSocket(0, 50, HOST));
    daemon(() -> acceptAll(listener));
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private void acceptAll(ServerSocket listener) {
    try {
      while (true) {
        Socket accepted = closeAtEnd(listener.accept());
        daemon(() -> echo(accepted));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // Reset, as some tests want it.
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  /** An address at which nobody listens, and nobody else can while the test runs. */
  InetSocketAddress nobody() throws IOException {
    Socket bound = closeAtEnd(new Socket());
    bound.bind(new InetSocketAddress(HOST, 0));
    return (InetSocketAddress) bound.getLocalSocketAddress();
  }

  Socket connect(Binding binding) throws IOException {
    Socket socket = closeAtEnd(new Socket());
    socket.connect(binding.localAddress(), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  synchronized <T extends AutoCloseable> T closeAtEnd(T resource) {
    open.add(resource);
    return resource;
  }

  @Override
  public void close() throws Exception {
    TestKit.shutdownActorSystem(system);
    synchronized (this) {
      for (AutoCloseable resource : open) {
        resource.close();
      }
    }
  }
}

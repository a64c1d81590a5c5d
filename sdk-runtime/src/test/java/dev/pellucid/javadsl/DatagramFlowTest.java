package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.UdpProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.javadsl.UdpPeer.Datagram;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions whose datagrams go through a stream: a UDP server of one's own. */
@Lab
@Timeout(30)
class DatagramFlowTest {
  private static final long TIMEOUT_SECONDS = 10;

  private record Server(ActorSystem system, Binding binding) implements AutoCloseable {
    static Server start(
        LabNetwork net, boolean onLoop, Function<Connection, RunnableGraph<?>> handler)
        throws Exception {
      return net.closeAtEnd(net.proxy().call(() -> run(net, onLoop, handler)));
    }

    private static Server run(
        LabNetwork net, boolean onLoop, Function<Connection, RunnableGraph<?>> handler)
        throws Exception {
      ActorSystem system =
          ActorSystem.create(
              "udp-server",
              ConfigFactory.parseString("pellucid.event-loops = 1")
                  .withFallback(ConfigFactory.load()));
      Attributes where =
          onLoop
              ? ActorAttributes.dispatcher(EventLoops.get(system).dispatcher(0))
              : Attributes.none();
      Binding binding =
          TransparentUdp.get(system)
              .bind(UdpProxy.atProxy(net))
              .to(Stages.handleEach(handler))
              .addAttributes(where)
              .run(system)
              .toCompletableFuture()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return new Server(system, binding);
    }

    @Override
    public void close() throws Exception {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachDatagramIsAnElement(boolean onLoop, LabNetwork net) throws Exception {
    Flow<ByteString, ByteString, ?> answer =
        Flow.of(ByteString.class).map(question -> question.concat(ByteString.fromString("!")));
    Server server = Server.start(net, onLoop, connection -> connection.flow().join(answer));
    UdpPeer client = UdpPeer.client(net);
    for (int i = 0; i < 20; i++) {
      client.send("datagram " + i, net.proxy().at(PORT));
      Datagram received = client.receive();
      assertEquals("datagram " + i + "!", received.text());
      assertEquals(net.proxy().at(PORT), received.from());
    }
    client.send("", net.proxy().at(PORT));
    assertEquals("!", client.receive().text());
    assertEquals(1, server.binding.accepted());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theStreamsEndIsTheSessions(boolean onLoop, LabNetwork net) throws Exception {
    Flow<ByteString, ByteString, ?> one = Flow.of(ByteString.class).take(1);
    Server server = Server.start(net, onLoop, connection -> connection.flow().join(one));
    UdpPeer client = UdpPeer.client(net);
    for (int i = 0; i < 3; i++) {
      client.send("hello", net.proxy().at(PORT));
      assertEquals("hello", client.receive().text());
      awaitOpen(server.binding, 0);
    }
    assertEquals(3, server.binding.accepted());
    assertEquals(3, server.binding.terminations().get("-- finished"));
  }

  private static void awaitOpen(Binding binding, int open) throws Exception {
    Await.until("sessions are open", () -> binding.openConnections() == open);
  }

  @Test
  void aStreamThatFailsEndsItsSessionAlone(LabNetwork net) throws Exception {
    Flow<ByteString, ByteString, ?> picky =
        Flow.of(ByteString.class)
            .map(
                datagram -> {
                  if (datagram.utf8String().equals("fail")) {
                    throw new IllegalStateException("as asked");
                  }
                  return datagram;
                });
    Server server = Server.start(net, true, connection -> connection.flow().join(picky));
    UdpPeer good = UdpPeer.client(net);
    UdpPeer bad = UdpPeer.client(net);
    good.send("hello", net.proxy().at(PORT));
    good.receive();
    bad.send("fail", net.proxy().at(PORT));
    awaitOpen(server.binding, 1);
    good.send("still there", net.proxy().at(PORT));
    assertEquals("still there", good.receive().text());
    assertEquals(1, server.binding.terminations().get("PD failed"));
  }

  @Test
  void aSessionCanBePeekedAtAndTakenOnce(LabNetwork net) throws Exception {
    BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    Server server =
        Server.start(
            net,
            true,
            connection -> {
              connections.add(connection);
              return Source.<ByteString>empty().to(Sink.ignore());
            });
    UdpPeer client = UdpPeer.client(net);
    InetSocketAddress proxy = net.proxy().at(PORT);
    client.send("hello", proxy);
    Connection connection = connections.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    ByteString peeked =
        connection
            .peek(4, Duration.ofSeconds(1))
            .toCompletableFuture()
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertEquals("hell", peeked.utf8String());
    ByteString received = first(connection, server.system);
    assertEquals("hello", received.utf8String());
    assertThrows(ExecutionException.class, () -> first(connection, server.system));
  }

  private static ByteString first(Connection connection, ActorSystem system) throws Exception {
    return Source.<ByteString>maybe()
        .via(connection.flow())
        .runWith(Sink.head(), system)
        .toCompletableFuture()
        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void limitsHoldHereToo(LabNetwork net) throws Exception {
    Server server =
        Server.start(
            net,
            true,
            connection -> {
              connection.limit(Direction.FROM_CLIENT, Bandwidth.of(1, 5000));
              connection.limit(Direction.FROM_UPSTREAM, Bandwidth.of(1, 3000));
              return connection.flow().join(Flow.create());
            });
    UdpPeer client = UdpPeer.client(net);
    String datagram = "x".repeat(1000);
    for (int i = 0; i < 8; i++) {
      client.send(datagram, net.proxy().at(PORT));
    }
    for (int i = 0; i < 3; i++) {
      assertEquals(datagram, client.receive().text());
    }
    Await.until(
        "three are dropped on the way there, and two on the way back",
        () -> server.binding().droppedDatagrams() == 5);
  }
}

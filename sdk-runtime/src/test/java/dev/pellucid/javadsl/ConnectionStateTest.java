package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection carries from stage to stage, and whom it tells of its end. */
@Lab
@Timeout(60)
class ConnectionStateTest {
  private static final Attribute<String> MOOD = Attribute.text("mood");

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  private static TestProxy proxy(LabNetwork net, ConnectionFilter... filters) throws Exception {
    var stages = Stages.filter(connection -> Verdict.accept());
    for (ConnectionFilter filter : filters) {
      stages = stages.via(Stages.filter(filter));
    }
    return TestProxy.start(net, stages.via(Stages.toOriginalDestination()));
  }

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(10, TimeUnit.SECONDS));
  }

  private void relayOne(LabNetwork net) throws Exception {
    ServerSocket listener = Peers.listen(net, net.server(0), net.server(0).at(PORT));
    Socket client = Peers.connect(net, net.server(0).at(PORT));
    net.server(0).submit(listener::accept).get(10, TimeUnit.SECONDS).close();
    client.close();
  }

  @Test
  void whatAFilterAttachesLaterStagesFind(LabNetwork net) throws Exception {
    TestProxy proxy =
        proxy(
            net,
            connection -> {
              assertEquals(Optional.empty(), connection.get(MOOD));
              connection.set(MOOD, "bad");
              connection.set(MOOD, "good");
              return Verdict.accept();
            },
            connection -> {
              seen.add(connection.get(Attribute.text("mood")).orElseThrow());
              seen.add("" + connection.get(new Attribute<>("mood", Integer.class)).isPresent());
              return Verdict.accept();
            });
    relayOne(net);
    assertEquals("good", next());
    assertEquals("false", next());
    assertEquals(Optional.of("good"), proxy.nextSummary().connection().get(MOOD));
  }

  @Test
  void aRelayedConnectionTellsOfItsEndInOrder(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, connection -> watched(connection, Verdict.accept()));
    relayOne(net);
    Connection connection = proxy.nextSummary().connection();
    assertEquals("first -- finished", next());
    assertEquals("second -- finished", next());
    connection.onClose(termination -> seen.add("late " + termination));
    assertEquals("late -- finished", next());
  }

  @Test
  void aRejectedConnectionTellsOfItsEnd(LabNetwork net) throws Exception {
    TestProxy proxy = proxy(net, connection -> watched(connection, Verdict.reject()));
    Resets.assertConnectingIsReset(net, net.server(0).at(PORT));
    assertEquals("first PR rejected", next());
    assertEquals("second PR rejected", next());
    proxy.nextSummary();
  }

  /** What fails in between keeps nothing else from being told. */
  private Verdict watched(Connection connection, Verdict verdict) {
    connection.onClose(termination -> seen.add("first " + termination));
    connection.onClose(
        termination -> {
          throw new IllegalStateException("thrown by a test's action");
        });
    connection.onClose(termination -> seen.add("second " + termination));
    return verdict;
  }
}

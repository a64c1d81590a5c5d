package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.Direction;
import dev.pellucid.api.RoutedConnection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.RandomTalk.Heard;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Connections of all kinds at a time, each decided by a seed: see {@link RandomTalk}. {@code
 * -Dpellucid.random.connections=10000} is the long profile, {@code -Dpellucid.random.seed} repeats
 * a run.
 */
@Lab
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RandomTrafficTest {
  private static final int CONNECTIONS = Integer.getInteger("pellucid.random.connections", 300);
  private static final int AT_A_TIME = 40;
  private static final int RATE = 10 << 20;

  private final long firstSeed = Long.getLong("pellucid.random.seed", System.nanoTime());
  private final Map<Long, CompletableFuture<Heard>> heardByServer = new ConcurrentHashMap<>();

  @Test
  void everyByteArrivesAndNothingIsLeft(LabNetwork net) throws Exception {
    relay(net, Stages.toOriginalDestination());
  }

  @Test
  void soItIsWithinLimits(LabNetwork net) throws Exception {
    Bandwidth shared = Bandwidth.of(50 << 20);
    relay(net, Stages.filter(limited(shared)).via(Stages.toOriginalDestination()));
  }

  private static ConnectionFilter limited(Bandwidth shared) {
    return connection -> {
      Random random = new Random(connection.id());
      for (Direction direction : Direction.values()) {
        connection.limit(direction, Bandwidth.of(RATE, 2000 + random.nextInt(RATE / 10)));
        connection.limit(direction, shared);
      }
      return Verdict.accept();
    };
  }

  private void relay(LabNetwork net, Flow<Connection, RoutedConnection, NotUsed> routing)
      throws Exception {
    System.out.println("first seed: " + firstSeed);
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
    TestProxy proxy = TestProxy.start(net, routing);
    ServerSocket listener = Peers.listen(net, net.server(0), net.server(0).at(PORT));
    CompletableFuture<List<CompletableFuture<Void>>> serving =
        net.server(0).submit(() -> serve(net.server(0), listener));
    run(net);
    for (int i = 0; i < CONNECTIONS; i++) {
      proxy.nextSummary();
    }
    listener.close();
    for (CompletableFuture<Void> answer : serving.get()) {
      answer.get();
    }
    assertEquals(CONNECTIONS, proxy.binding().accepted());
    assertEquals(0, proxy.binding().openConnections());
    assertEquals(0, proxy.held());
    proxy.close();
    Await.until("pipes are left", () -> SplicePipes.open() == 0);
  }

  private void run(LabNetwork net) throws Exception {
    Semaphore places = new Semaphore(AT_A_TIME);
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      long seed = firstSeed + i;
      places.acquire();
      CompletableFuture<Void> client = net.client().submit(() -> converse(net, seed));
      clients.add(client.whenComplete((done, failure) -> places.release()));
    }
    for (CompletableFuture<Void> client : clients) {
      client.get();
    }
  }

  private Void converse(LabNetwork net, long seed) throws Exception {
    RandomTalk mine = new RandomTalk(seed, true);
    RandomTalk theirs = new RandomTalk(seed, false);
    CompletableFuture<Heard> atServer = new CompletableFuture<>();
    heardByServer.put(seed, atServer);
    try (Socket socket = new Socket(net.server(0).address(), PORT)) {
      new DataOutputStream(socket.getOutputStream()).writeLong(seed);
      CompletableFuture<Heard> hearing = net.client().submit(() -> theirs.hear(socket));
      boolean stopped = speak(mine, theirs, socket);
      check(theirs, mine, hearing.get().orReset(stopped));
    }
    if (!mine.resets()) {
      check(mine, theirs, atServer.get(10, TimeUnit.SECONDS));
    }
    return null;
  }

  /** True if a reset stopped it; the kernel tells of that once, so a reader sees an end then. */
  private static boolean speak(RandomTalk mine, RandomTalk theirs, Socket socket)
      throws IOException {
    try {
      mine.speak(socket);
      return false;
    } catch (SocketException e) {
      assertTrue(theirs.resets(), () -> mine + " was stopped: " + e);
      return true;
    }
  }

  /** What a listener must have heard of a speaker. */
  private static void check(RandomTalk speaker, RandomTalk listener, Heard heard) {
    if (!speaker.resets() && !listener.resets()) {
      assertEquals(new Heard(speaker.length(), false), heard, speaker::toString);
    } else if (!listener.resets()) {
      assertTrue(heard.reset(), () -> "no reset came from " + speaker);
    }
  }

  /** Until the listener is closed: a client that resets at once never reaches the server. */
  private List<CompletableFuture<Void>> serve(LabHost server, ServerSocket listener)
      throws IOException {
    List<CompletableFuture<Void>> answers = new ArrayList<>();
    while (true) {
      Socket accepted;
      try {
        accepted = listener.accept();
      } catch (SocketException e) {
        return answers;
      }
      answers.add(server.submit(() -> answer(server, accepted)));
    }
  }

  private Void answer(LabHost server, Socket accepted) throws Exception {
    try (accepted) {
      long seed = new DataInputStream(accepted.getInputStream()).readLong();
      RandomTalk mine = new RandomTalk(seed, false);
      RandomTalk theirs = new RandomTalk(seed, true);
      CompletableFuture<Heard> hearing = server.submit(() -> theirs.hear(accepted));
      if (mine.listensFirst()) {
        hearing.get();
      }
      boolean stopped = speak(mine, theirs, accepted);
      heardByServer.get(seed).complete(hearing.get().orReset(stopped));
    } catch (SocketException | EOFException e) {
      // Reset by the client before it had said who it is; the client checks the rest.
      return null;
    }
    return null;
  }
}

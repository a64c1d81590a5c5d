package dev.pellucid.labtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabLeakException;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommandException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(30)
class LabTest {
  private static final int PORT = 8080;
  private static final int TIMEOUT_MILLIS = 5000;

  private static String namespace() throws Exception {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
  }

  private static InetAddress peerSeen(LabHost server, LabHost client, InetSocketAddress address)
      throws Exception {
    try (ServerSocket listening = server.call(() -> new ServerSocket(address.getPort()))) {
      CompletableFuture<Socket> accepted = server.submit(listening::accept);
      try (Socket socket = client.call(() -> connected(address));
          Socket peer = accepted.get()) {
        assertTrue(socket.isConnected());
        return peer.getInetAddress();
      }
    }
  }

  private static Socket connected(InetSocketAddress address) throws Exception {
    Socket socket = new Socket();
    socket.connect(address, TIMEOUT_MILLIS);
    return socket;
  }

  @Test
  @Lab(servers = 3)
  void theClientReachesEveryServerThroughTheProxy(LabNetwork net) throws Exception {
    assertEquals(3, net.servers().size());
    for (LabHost server : net.servers()) {
      InetAddress client = net.client().address();
      assertEquals(client, peerSeen(server, net.client(), server.at(PORT)));
      InetAddress client6 = net.client().address6();
      assertEquals(client6, peerSeen(server, net.client(), server.at6(PORT)));
    }
  }

  @Test
  @Lab(servers = 2)
  void serversReachEachOther(LabNetwork net) throws Exception {
    LabHost server = net.server(1);
    assertEquals(server.address(), peerSeen(net.server(0), server, net.server(0).at(PORT)));
    assertEquals(server.address6(), peerSeen(net.server(0), server, net.server(0).at6(PORT)));
  }

  @Test
  @Lab(servers = 2)
  void everyHostHasANamespaceOfItsOwn(LabNetwork net) throws Exception {
    Set<String> namespaces = new HashSet<>(Set.of(namespace()));
    for (LabHost host : net.hosts()) {
      assertTrue(namespaces.add(host.call(LabTest::namespace)), host.name());
      assertEquals(host.call(LabTest::namespace), host.call(LabTest::namespace));
    }
  }

  @Test
  void theThreadOfATestStaysWhereItIs(LabNetwork net) throws Exception {
    String before = namespace();
    net.client().run(() -> {});
    net.client().exec("true");
    assertEquals(before, namespace());
  }

  @Test
  void callsNestAndCross(LabNetwork net) throws Exception {
    String server = net.server(0).call(LabTest::namespace);
    assertEquals(
        server,
        net.client()
            .call(
                () ->
                    net.server(0)
                        .call(() -> net.server(0).exec("readlink", "/proc/self/ns/net").strip())));
  }

  @Test
  void threadsStartedOnAHostLiveThere(LabNetwork net) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    net.proxy().run(() -> new Thread(() -> seen.complete(here())).start());
    assertEquals(net.proxy().call(LabTest::namespace), seen.get());
  }

  private static String here() {
    try {
      return namespace();
    } catch (Exception e) {
      return e.toString();
    }
  }

  @Test
  void manyTasksRunAtATime(LabNetwork net) throws Exception {
    CyclicBarrier all = new CyclicBarrier(50);
    List<CompletableFuture<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      tasks.add(net.client().submit(() -> all.await(10, TimeUnit.SECONDS)));
    }
    for (CompletableFuture<Integer> task : tasks) {
      task.get();
    }
  }

  @Test
  void whatATaskThrowsComesOut(LabNetwork net) {
    Exception failure = new Exception("mine");
    assertSame(
        failure,
        assertThrows(
            Exception.class,
            () ->
                net.client()
                    .run(
                        () -> {
                          throw failure;
                        })));
    assertThrows(AssertionError.class, () -> net.client().run(() -> assertEquals(1, 2)));
    ExecutionException wrapped =
        assertThrows(
            ExecutionException.class,
            () ->
                net.client()
                    .submit(
                        () -> {
                          throw failure;
                        })
                    .get());
    assertSame(failure, wrapped.getCause());
  }

  @Test
  void aFailedCommandSaysWhy(LabNetwork net) {
    HostCommandException failure =
        assertThrows(
            HostCommandException.class,
            () -> net.client().exec("sh", "-c", "echo no such luck >&2; exit 7"));
    assertEquals(7, failure.exitCode());
    assertEquals("no such luck\n", failure.stderr());
  }

  @Test
  void awaitListeningReturnsOnceSomebodyListens(LabNetwork net) throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CompletableFuture<Void> seen =
        net.client()
            .submit(
                () -> {
                  waiting.countDown();
                  net.server(0).awaitListening(PORT);
                  return null;
                });
    waiting.await();
    net.closeAtEnd(net.server(0).call(() -> new ServerSocket(PORT)));
    seen.get();
  }

  @Test
  void theEnterCommandLeadsToTheHost(LabNetwork net) throws Exception {
    String[] command = (net.proxy().enterCommand() + " readlink /proc/self/ns/net").split(" ", -1);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (Files.readString(Path.of("/proc/self/uid_map")).strip().endsWith(" 1")) {
      // From inside, one cannot enter the user namespace that one is in.
      assertTrue(output.contains("reassociate to namespace"), output);
    } else {
      assertEquals(net.proxy().call(LabTest::namespace), output.strip());
    }
  }

  @Test
  void closingEndsTasksAndProcessesAndInterfaces() throws Exception {
    LabNetwork net = LabNetwork.open(1);
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Void> task =
        net.client()
            .submit(
                () -> {
                  started.countDown();
                  new CountDownLatch(1).await();
                  return null;
                });
    started.await();
    ServerSocket listening = net.closeAtEnd(net.server(0).call(() -> new ServerSocket(PORT)));
    CompletableFuture<Socket> accepting = net.server(0).submit(listening::accept);
    Process process = net.proxy().start("sh", "-c", "sleep 1000 & wait");
    List<String> before = threads();
    net.close();
    assertFalse(process.isAlive());
    assertEquals(List.of(), process.descendants().toList());
    assertThrows(ExecutionException.class, task::get);
    assertThrows(ExecutionException.class, accepting::get);
    assertTrue(before.stream().anyMatch(name -> name.startsWith("lab-")), before::toString);
    assertEquals(List.of(), threads().stream().filter(name -> name.startsWith("lab-")).toList());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
  }

  @Test
  void aThreadThatStaysBehindIsALeak() throws Exception {
    LabNetwork net = LabNetwork.open(1);
    CountDownLatch end = new CountDownLatch(1);
    net.proxy().run(() -> startDaemon("forgotten", end));
    LabLeakException leak = assertThrows(LabLeakException.class, net::close);
    assertTrue(leak.getMessage().contains("thread \"forgotten\" on proxy"), leak.getMessage());
    end.countDown();
  }

  private static void startDaemon(String name, CountDownLatch end) {
    Thread thread =
        new Thread(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void networksDoNotSeeEachOther(LabNetwork one) throws Exception {
    try (LabNetwork other = LabNetwork.open(1);
        ServerSocket listening = other.server(0).call(() -> new ServerSocket(PORT))) {
      assertThrows(
          java.net.ConnectException.class,
          () -> one.client().run(() -> connected(one.server(0).at(PORT)).close()));
      assertArrayEquals(
          one.server(0).at(PORT).getAddress().getAddress(), other.server(0).address().getAddress());
    }
  }
}

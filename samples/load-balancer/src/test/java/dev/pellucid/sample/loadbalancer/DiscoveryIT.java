package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.host.HostCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The finished distribution, whose upstreams change while clients connect. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiscoveryIT {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int CLIENTS = 4;
  private static final int PATIENCE_SECONDS = 20;
  private static final int LATER_CONNECTIONS = 200;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private int port;

  @BeforeEach
  void port() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, LOOPBACK)) {
      port = socket.getLocalPort();
    }
  }

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void aFileIsSwappedUnderTraffic() throws Exception {
    Path file = folder.resolve("web.txt");
    try (NamedServer one = new NamedServer('1', "127.0.0.1", 0);
        NamedServer two = new NamedServer('2', "127.0.0.1", 0)) {
      Files.writeString(file, one.address() + "\n");
      awaitReady(pellucid("type = file, path = \"web.txt\", interval = 200ms"));
      assertMoves(
          () ->
              Files.move(
                  Files.writeString(folder.resolve("next"), two.address() + "\n"),
                  file,
                  StandardCopyOption.ATOMIC_MOVE));
    }
  }

  @Test
  void aNameGetsAnotherAddressUnderTraffic() throws Exception {
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.2 web.test\n");
    try (NamedServer one = new NamedServer('1', "127.0.0.2", 0);
        NamedServer two = new NamedServer('2', "127.0.0.3", one.port())) {
      int dnsPort = freeUdpPort();
      Process dns = dnsmasq(hosts, dnsPort);
      awaitReady(
          pellucid(
              "type = dns, name = web.test, port = %d, interval = 200ms, server = \"127.0.0.1:%d\""
                  .formatted(one.port(), dnsPort)));
      assertMoves(
          () -> {
            Files.writeString(hosts, "127.0.0.3 web.test\n");
            new ProcessBuilder("kill", "-HUP", Long.toString(dns.pid())).start().waitFor();
          });
    }
  }

  @Test
  void withoutItsFileItDoesNotStart() throws Exception {
    Process proxy = pellucid("type = file, path = \"web.txt\"");
    assertEquals(1, proxy.waitFor());
    String message = proxy.errorReader(UTF_8).readLine();
    assertEquals(
        "listener web, discovery file (%s:3) found no upstreams: web.txt: there is no such file"
            .formatted(folder.resolve("web.conf")),
        message);
  }

  private interface Change {
    void make() throws Exception;
  }

  /** Clients connect all the time; none is refused, and all go to the second server in the end. */
  private void assertMoves(Change change) throws Exception {
    AtomicBoolean goOn = new AtomicBoolean(true);
    CountDownLatch answeredByOne = new CountDownLatch(CLIENTS);
    CountDownLatch answeredByTwo = new CountDownLatch(LATER_CONNECTIONS);
    try (Socket staying = new Socket(LOOPBACK, port)) {
      assertEquals('1', ask(staying));
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            CompletableFuture.runAsync(
                () -> {
                  while (goOn.get()) {
                    (askOnce() == '1' ? answeredByOne : answeredByTwo).countDown();
                  }
                },
                task -> new Thread(task, "client").start()));
      }
      assertReached(answeredByOne, clients);
      change.make();
      assertReached(answeredByTwo, clients);
      goOn.set(false);
      for (Future<?> client : clients) {
        client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
      assertEquals('2', askOnce());
      assertEquals('1', ask(staying), "connections stay where they are");
    }
  }

  private static void assertReached(CountDownLatch latch, List<Future<?>> clients)
      throws Exception {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      for (Future<?> client : clients) {
        client.get(0, TimeUnit.SECONDS); // tells what ended it
      }
    }
  }

  private int askOnce() {
    try (Socket client = new Socket(LOOPBACK, port)) {
      return ask(client);
    } catch (IOException e) {
      throw new AssertionError("a client was refused", e);
    }
  }

  private static int ask(Socket client) throws IOException {
    client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    client.getOutputStream().write('?');
    int answer = client.getInputStream().read();
    assertTrue(answer == '1' || answer == '2', () -> "the answer is " + answer);
    return answer;
  }

  private static int freeUdpPort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }

  private Process dnsmasq(Path hosts, int dnsPort) throws Exception {
    Process dnsmasq =
        HostCommand.builder(
                "dnsmasq",
                "--no-daemon",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--log-facility=-",
                "--local=/test/",
                "--addn-hosts=" + hosts,
                "--bind-interfaces",
                "--listen-address=127.0.0.1",
                "--port=" + dnsPort)
            .redirectErrorStream(true)
            .start();
    processes.add(dnsmasq);
    BufferedReader log = dnsmasq.inputReader(UTF_8);
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.contains("read " + hosts)) {
        return dnsmasq;
      }
    }
    throw new AssertionError("dnsmasq has ended");
  }

  /** Runs the proxy; the discovery stands in line 3. */
  private Process pellucid(String discovery) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("web.conf"),
            """
            pellucid.listeners.web {
              address = "127.0.0.1:%d", intercept.mode = none
              upstream.discovery { %s }
            }
            """
                .formatted(port, discovery));
    String launcher = System.getProperty("pellucid.home") + "/bin/pellucid";
    ProcessBuilder builder =
        new ProcessBuilder(launcher, "run", config.toString()).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process proxy = builder.start();
    processes.add(proxy);
    return proxy;
  }

  /** Its output is read to the end: a full pipe would hold it. */
  private static void awaitReady(Process proxy) throws IOException {
    BufferedReader out = proxy.inputReader(UTF_8);
    String first = out.readLine();
    assertTrue(
        first != null && first.startsWith("ready "),
        () -> proxy.errorReader(UTF_8).lines().reduce("", String::concat));
    Thread reader = new Thread(() -> out.lines().forEach(line -> {}), "output");
    reader.setDaemon(true);
    reader.start();
  }
}

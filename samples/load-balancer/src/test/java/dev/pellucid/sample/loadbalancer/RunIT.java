package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The finished distribution, run as its users run it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RunIT {
  private static final Path HOME = Path.of(System.getProperty("pellucid.home"));
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int BULK = 16 << 20;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void drainsOnSigtermAndEndsWithCode0() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 50, LOOPBACK)) {
      int port = freePort();
      Process proxy = pellucid("run", config(port, upstream.getLocalPort()).toString());
      BufferedReader out = proxy.inputReader(UTF_8);
      assertEquals("ready web tcp 127.0.0.1:" + port, out.readLine());

      try (Socket client = new Socket(LOOPBACK, port);
          Socket accepted = upstream.accept()) {
        proxy.toHandle().destroy(); // Process.destroy would close the streams too
        client.getOutputStream().write("still here".getBytes(UTF_8));
        client.shutdownOutput();
        assertEquals("still here", new String(accepted.getInputStream().readAllBytes(), UTF_8));
      }
      String line = out.readLine();
      assertTrue(line.contains(" from-client=10 ") && line.endsWith(" cause=finished"), line);
      assertEquals(0, proxy.waitFor());
    }
  }

  @Test
  void connectionsThatOutlastTheDrainLimitAreReset() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 50, LOOPBACK)) {
      int port = freePort();
      String config = config(port, upstream.getLocalPort()).toString();
      Process proxy = pellucid("run", "--drain-limit", "1", config);
      BufferedReader out = proxy.inputReader(UTF_8);
      out.readLine();
      try (Socket client = new Socket(LOOPBACK, port);
          Socket accepted = upstream.accept()) {
        proxy.toHandle().destroy();
        assertThrows(SocketException.class, () -> client.getInputStream().read());
        assertThrows(SocketException.class, () -> accepted.getInputStream().read());
      }
      String line = out.readLine();
      assertTrue(line.endsWith(" end=PD cause=stopped"), line);
      assertEquals(0, proxy.waitFor());
    }
  }

  @Test
  void aSecondSignalResetsAtOnce() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 50, LOOPBACK)) {
      int port = freePort();
      String config = config(port, upstream.getLocalPort()).toString();
      Process proxy = pellucid("run", "--drain-limit", "1000", config);
      BufferedReader err = proxy.errorReader(UTF_8);
      proxy.inputReader(UTF_8).readLine();
      try (Socket client = new Socket(LOOPBACK, port);
          Socket accepted = upstream.accept()) {
        proxy.toHandle().destroy();
        awaitLine(err, "draining: 1 connections");
        proxy.toHandle().destroy();
        assertThrows(SocketException.class, () -> client.getInputStream().read());
        assertThrows(SocketException.class, () -> accepted.getInputStream().read());
      }
      assertEquals(0, proxy.waitFor());
    }
  }

  @Test
  void anAddressInUseIsCode1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 50, LOOPBACK)) {
      Process proxy = pellucid("run", config(taken.getLocalPort(), 80).toString());
      assertEquals(1, proxy.waitFor());
      String message = proxy.errorReader(UTF_8).readLine();
      assertTrue(message.startsWith("listener web: cannot listen on 127.0.0.1:"), message);
    }
  }

  @Test
  void withoutDescriptorsAcceptingPausesAndResumes() throws Exception {
    try (ServerSocket upstream = new ServerSocket(0, 50, LOOPBACK)) {
      int port = freePort();
      Process proxy = pellucid("run", config(port, upstream.getLocalPort()).toString());
      BufferedReader out = proxy.inputReader(UTF_8);
      out.readLine();
      exchange(port, upstream); // loads what has to be loaded from files
      limitDescriptors(proxy, openDescriptors(proxy) + 7);
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(new Socket(LOOPBACK, port));
      }
      awaitLine(proxy.errorReader(UTF_8), "pauses: no file descriptor");
      for (Socket client : clients) {
        client.close();
      }
      drainBacklog(upstream);
      exchange(port, upstream);
    }
  }

  @Test
  void withoutPipesBulkIsCopied() throws Exception {
    byte[] bulk = new byte[BULK];
    new Random(1).nextBytes(bulk);
    try (ServerSocket upstream = new ServerSocket(0, 50, LOOPBACK)) {
      int port = freePort();
      Process proxy = pellucid("run", config(port, upstream.getLocalPort()).toString());
      proxy.inputReader(UTF_8).readLine();
      exchange(port, upstream); // loads what has to be loaded from files
      try (Socket client = new Socket(LOOPBACK, port);
          Socket accepted = upstream.accept()) {
        limitDescriptors(proxy, 1); // those that are open stay so
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(accepted, bulk));
        assertArrayEquals(bulk, client.getInputStream().readNBytes(BULK));
        sending.get();
      }
      awaitLine(proxy.errorReader(UTF_8), "bulk transfers are copied");
    }
  }

  /** Reads on until then: what the proxy finds on its host is logged as well. */
  private static void awaitLine(BufferedReader lines, String part) throws IOException {
    String line = lines.readLine();
    while (line != null && !line.contains(part)) {
      line = lines.readLine();
    }
    assertNotNull(line, part);
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long openDescriptors(Process process) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc", process.pid() + "", "fd"))) {
      return descriptors.count();
    }
  }

  private static void limitDescriptors(Process process, long limit) throws Exception {
    String[] command = {"prlimit", "--pid", process.pid() + "", "--nofile=" + limit + ":" + limit};
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  /** Takes the connections of clients that are gone, until the proxy has relayed their ends. */
  private static void drainBacklog(ServerSocket upstream) throws IOException {
    upstream.setSoTimeout(1000);
    try {
      while (true) {
        upstream.accept().close();
      }
    } catch (SocketTimeoutException e) {
      upstream.setSoTimeout(0);
    }
  }

  private static void exchange(int port, ServerSocket upstream) throws IOException {
    try (Socket client = new Socket(LOOPBACK, port);
        Socket accepted = upstream.accept()) {
      client.getOutputStream().write('?');
      assertEquals('?', accepted.getInputStream().read());
      accepted.getOutputStream().write('!');
      assertEquals('!', client.getInputStream().read());
    }
  }

  @Test
  void theBundledConfigurationIsSound() throws Exception {
    Process check = pellucid("check", HOME.resolve("conf/load-balancer.conf").toString());
    assertEquals(0, check.waitFor());
    assertEquals("", new String(check.getErrorStream().readAllBytes(), UTF_8));
  }

  @Test
  void aBrokenPluginIsANoteUnlessAListenerAsksForIt() throws Exception {
    Path jar = Files.createDirectory(folder.resolve("plugins")).resolve("broken.jar");
    Files.writeString(jar, "not a jar");
    String config = Files.readString(config(50080, 50081));
    String broken = "plugin plugins/broken.jar cannot be read";

    Process check = pellucid("check", "web.conf");
    assertEquals(0, check.waitFor());
    assertTrue(
        check.inputReader(UTF_8).lines().anyMatch(line -> line.startsWith("note: " + broken)));

    Files.writeString(folder.resolve("web.conf"), config.replace("type = cidr", "type = broken"));
    Process refused = pellucid("check", "web.conf");
    assertEquals(2, refused.waitFor());
    String error = new String(refused.getErrorStream().readAllBytes(), UTF_8);
    assertTrue(error.contains("unknown filter type \"broken\"") && error.contains(broken), error);

    Process plugins = pellucid("plugins");
    assertEquals(0, plugins.waitFor());
    assertTrue(
        plugins.inputReader(UTF_8).lines().anyMatch(line -> line.startsWith("problem: " + broken)));
  }

  @Test
  void theBundledPluginsAreListed() throws Exception {
    Process plugins = pellucid("plugins");
    assertEquals(
        List.of(
            "KIND TYPE",
            "access-log csv",
            "access-log json",
            "access-log text",
            "balancer least-connections",
            "balancer maglev",
            "balancer random-two",
            "balancer round-robin",
            "balancer source-hash",
            "balancer sticky",
            "discovery dns",
            "discovery file",
            "discovery static",
            "filter bandwidth",
            "filter cidr",
            "filter connection-limit",
            "filter connection-rate",
            "filter dump",
            "filter dump-datagrams",
            "filter http-host",
            "filter sni"),
        plugins
            .inputReader(UTF_8)
            .lines()
            .filter(line -> !line.startsWith(" "))
            .map(line -> line.replaceFirst("(\\S+) +(\\S+) .*", "$1 $2"))
            .toList());
  }

  private Process pellucid(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(HOME.resolve("bin/pellucid").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private Path config(int port, int upstream) throws IOException {
    return Files.writeString(
        folder.resolve("web.conf"),
        """
        pellucid.listeners.web {
          address = "127.0.0.1:%d", intercept.mode = none
          filters = [{ type = cidr, allow = ["127.0.0.0/8"] }]
          upstream.pool = [{ address = "127.0.0.1:%d" }]
        }
        """
            .formatted(port, upstream));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }
}

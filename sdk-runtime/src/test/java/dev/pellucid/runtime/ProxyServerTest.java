package dev.pellucid.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.runtime.config.ProxyConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyServerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path folder;
  private final RecordingPlugins plugins = new RecordingPlugins();
  private final ActorSystem system =
      ActorSystem.create(
          "proxy",
          ConfigFactory.parseString("pellucid.event-loops = 2").withFallback(ConfigFactory.load()));
  private ServerSocket upstream;
  private int port;

  @BeforeEach
  void open() throws IOException {
    upstream = new ServerSocket(0, 50, LOOPBACK);
    port = freePort();
  }

  @AfterEach
  void close() throws IOException {
    TestKit.shutdownActorSystem(system);
    upstream.close();
  }

  @Test
  void relaysUntilItIsStopped() throws IOException {
    ProxyServer server = start(listener("web", port, ""));
    RunningListener web = server.listeners().get(0);
    assertEquals("web", web.name());
    assertEquals(2, web.bindings().size());
    assertEquals(port, web.bindings().get(1).localAddress().getPort());

    try (Socket client = new Socket(LOOPBACK, port);
        Socket accepted = upstream.accept()) {
      client.getOutputStream().write("hello".getBytes(UTF_8));
      client.shutdownOutput();
      assertEquals("hello", new String(accepted.getInputStream().readAllBytes(), UTF_8));

      CompletableFuture<?> stopped = server.stop().toCompletableFuture();
      assertThrows(ConnectException.class, () -> connectWhenUnbound(web));
      assertFalse(stopped.isDone(), "an open connection goes on");
      accepted.getOutputStream().write("good bye".getBytes(UTF_8));
      accepted.close();
      assertEquals("good bye", new String(client.getInputStream().readAllBytes(), UTF_8));
      stopped.join();
    }

    ConnectionSummary summary = plugins.summaries.get(0);
    assertEquals(1, plugins.summaries.size());
    assertEquals(5, summary.bytesFromClient());
    assertEquals(8, summary.bytesFromUpstream());
    assertEquals(Termination.COMPLETED, summary.termination());
    assertEquals(List.of("web log", "web filter"), plugins.closed);
    server.stop().toCompletableFuture().join();
    assertEquals(2, plugins.closed.size());
  }

  @Test
  void readsAndWritesTheHeadersThatTheFileAsksFor() throws IOException {
    start(listener("web", port, "proxy-protocol = v1, upstream.proxy-protocol = v2"));
    try (Socket client = new Socket(LOOPBACK, port)) {
      client.getOutputStream().write("PROXY TCP4 10.1.0.2 10.2.0.2 1 2\r\nhello".getBytes(UTF_8));
      client.shutdownOutput();
      try (Socket accepted = upstream.accept()) {
        byte[] received = accepted.getInputStream().readAllBytes();
        assertEquals(
            "0d0a0d0a000d0a515549540a2111000c0a0100020a02000200010002",
            HexFormat.of().formatHex(received, 0, 28));
        assertEquals("hello", new String(received, 28, received.length - 28, UTF_8));
      }
    }
  }

  @Test
  void ifOneListenerCannotBeOpenedNoneIs() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 50, LOOPBACK)) {
      Throwable failure =
          failure(listener("one", port, "") + listener("two", taken.getLocalPort(), ""));
      assertInstanceOf(ProxyStartException.class, failure);
      String message = failure.getMessage();
      assertTrue(message.startsWith("listener two: "), message);
      assertTrue(message.contains("127.0.0.1:" + taken.getLocalPort()), message);
      assertTrue(message.contains("EADDRINUSE"), message);
    }
    new ServerSocket(port, 50, LOOPBACK).close();
    assertEquals(List.of("two log", "two filter", "one log", "one filter"), plugins.closed);
  }

  @Test
  void aMissingInterfaceIsNamedAndSoAreTheOnesThereAre() throws IOException {
    Throwable failure = failure(listener("web", port, "intercept.interfaces = [lan7]"));
    assertInstanceOf(ProxyStartException.class, failure);
    assertTrue(failure.getMessage().contains("\"lan7\""), failure.getMessage());
    assertTrue(failure.getMessage().contains("lo"), failure.getMessage());
    assertEquals(List.of(), plugins.made);
  }

  @Test
  void aTransparentListenerNeedsAnAddressOfThisHostToo() throws IOException {
    Throwable failure =
        failure(listener("web", port, "intercept.mode = tproxy, address = \"192.0.2.1:50080\""));
    assertInstanceOf(ProxyStartException.class, failure);
    assertTrue(failure.getMessage().contains("192.0.2.1"), failure.getMessage());
  }

  @Test
  void aForeignListenerNeedsAnAddressOfAnother() throws IOException {
    Throwable failure = failure(listener("web", port, "intercept.mode = foreign"));
    assertInstanceOf(ProxyStartException.class, failure);
    assertTrue(
        failure.getMessage().contains("127.0.0.1 is an address of this host"),
        failure.getMessage());
  }

  private void connectWhenUnbound(RunningListener listener) throws IOException {
    listener.bindings().forEach(binding -> binding.unbind().toCompletableFuture().join());
    new Socket(LOOPBACK, port).close();
  }

  private Throwable failure(String config) {
    return assertThrows(CompletionException.class, () -> start(config)).getCause();
  }

  private ProxyServer start(String config) throws IOException {
    ProxyConfig loaded = ProxyConfig.load(Files.writeString(folder.resolve("web.conf"), config));
    return ProxyServer.start(system, loaded, plugins.catalog())
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  private String listener(String name, int listenerPort, String more) {
    return """
    pellucid.listeners.%s {
      address = "127.0.0.1:%d", intercept.mode = none
      filters = [{ type = open }]
      upstream { pool = [{ address = "127.0.0.1:%d" }], balancer { type = first } }
      access-log { type = list }
      %s
    }
    """
        .formatted(name, listenerPort, upstream.getLocalPort(), more);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 50, LOOPBACK)) {
      return socket.getLocalPort();
    }
  }
}

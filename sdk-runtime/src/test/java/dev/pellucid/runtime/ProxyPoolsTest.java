package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import dev.pellucid.runtime.config.ProxyConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A proxy whose upstreams are discovered, and one with pools that filters choose. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProxyPoolsTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int PATIENCE_MILLIS = 10_000;

  @TempDir Path folder;
  private final RecordingPlugins plugins = new RecordingPlugins();
  private final ActorSystem system =
      ActorSystem.create(
          "proxy",
          ConfigFactory.parseString("pellucid.event-loops = 1").withFallback(ConfigFactory.load()));
  private BoundedSourceQueue<List<Upstream>> feed;
  private ServerSocket one;
  private ServerSocket two;
  private int port;

  @BeforeEach
  void open() throws IOException {
    one = new ServerSocket(0, 50, LOOPBACK);
    two = new ServerSocket(0, 50, LOOPBACK);
    one.setSoTimeout(PATIENCE_MILLIS);
    two.setSoTimeout(PATIENCE_MILLIS);
    try (ServerSocket free = new ServerSocket(0, 50, LOOPBACK)) {
      port = free.getLocalPort();
    }
    var queue = Source.<List<Upstream>>queue(10).preMaterialize(system);
    feed = queue.first();
    plugins.feed = queue.second();
  }

  @AfterEach
  void close() throws IOException {
    TestKit.shutdownActorSystem(system);
    one.close();
    two.close();
  }

  @Test
  void itListensWhenTheFirstUpstreamsAreThereAndFollowsThem() throws Exception {
    CompletableFuture<ProxyServer> starting = start("upstream.discovery.type = feed");
    assertThrows(IOException.class, () -> new Socket(LOOPBACK, port).close());
    assertFalse(starting.isDone());

    feed.offer(List.of(at(one)));
    ProxyServer server = starting.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertGoesTo(one);

    feed.offer(List.of(at(two)));
    answer(one, '1');
    answer(two, '2');
    Await.until("the second set is used", this::movesOn);

    Await.result(server.stop());
    assertEquals(List.of("web log", "web discovery"), plugins.closed);
    Await.until("its stream goes on", () -> plugins.endedStreams.get() == 1);
  }

  @Test
  void withoutUpstreamsItDoesNotStart() {
    plugins.feed = Source.failed(new IllegalStateException("no such name"));
    Throwable failure = failure("upstream.discovery.type = feed");
    assertInstanceOf(ProxyStartException.class, failure);
    assertEquals(
        "listener web, discovery feed (%s:3) found no upstreams: no such name"
            .formatted(folder.resolve("web.conf")),
        failure.getMessage());
    assertEquals(List.of("web log", "web discovery"), plugins.closed);
  }

  @Test
  void aDiscoveryThatIsSilentForTooLongDoesNotHoldTheStart() {
    Throwable failure =
        failure(
            "upstream { pool = [{ address = \"127.0.0.1:1\" }], pools.api.discovery.type = feed }");
    assertEquals(
        "listener web, pool api, discovery feed (%s:3) found no upstreams: it has told none for 10 s"
            .formatted(folder.resolve("web.conf")),
        failure.getMessage());
    assertTrue(plugins.closed.contains("web discovery"), plugins.closed::toString);
  }

  @Test
  void upstreamsOfTheOtherFamilyAreLeftOut() throws Exception {
    Upstream other = Upstream.of(Addresses.parse("[::1]:" + one.getLocalPort()));
    feed.offer(List.of(other, at(two)));
    start("upstream { source = \"127.0.0.1\", discovery.type = feed }")
        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    // The balancer takes the first of the pool.
    assertGoesTo(two);
  }

  @Test
  void filtersSendConnectionsToNamedPools() throws Exception {
    feed.offer(List.of(at(two)));
    start(
            """
            filters = [{ type = to, pool = api }]
            upstream { pool = [{ address = "%s" }], pools.api.discovery.type = feed }
            """
                .formatted("127.0.0.1:" + one.getLocalPort()))
        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertGoesTo(two);
  }

  private static Upstream at(ServerSocket server) {
    return Upstream.of(new InetSocketAddress(LOOPBACK, server.getLocalPort()));
  }

  /** Whether a connection goes to the second server, and not to the first one any more. */
  private boolean movesOn() throws IOException {
    try (Socket client = new Socket(LOOPBACK, port)) {
      return client.getInputStream().read() == '2';
    }
  }

  /** Has a server tell everyone its name, until it is closed. */
  private static void answer(ServerSocket server, char name) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket accepted = server.accept()) {
                  accepted.getOutputStream().write(name);
                } catch (IOException e) {
                  // closed, or nobody came for long
                }
              }
            },
            "server " + name);
    thread.setDaemon(true);
    thread.start();
  }

  private void assertGoesTo(ServerSocket server) throws IOException {
    try (Socket client = new Socket(LOOPBACK, port);
        Socket accepted = server.accept()) {
      client.getOutputStream().write('?');
      assertEquals('?', accepted.getInputStream().read());
    }
  }

  private Throwable failure(String settings) {
    CompletionException failure =
        assertThrows(
            CompletionException.class,
            () -> start(settings).orTimeout(30, TimeUnit.SECONDS).join());
    return failure.getCause();
  }

  /** These settings stand in line 3. */
  private CompletableFuture<ProxyServer> start(String settings) throws IOException {
    ProxyConfig config =
        ProxyConfig.load(
            Files.writeString(
                folder.resolve("web.conf"),
                """
                pellucid.listeners.web {
                  address = "127.0.0.1:%d", intercept.mode = none
                  %s
                  upstream.balancer.type = first, access-log.type = list
                }
                """
                    .formatted(port, settings)));
    return ProxyServer.start(system, config, plugins.catalog()).toCompletableFuture();
  }
}

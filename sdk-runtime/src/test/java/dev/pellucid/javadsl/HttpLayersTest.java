package dev.pellucid.javadsl;

import static dev.pellucid.javadsl.TestProxy.LISTENER_PORT;
import static dev.pellucid.javadsl.TestProxy.PORT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pellucid.api.Connection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.FlowProxy.On;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.Host;
import org.apache.pekko.stream.TLSProtocol.SslTlsInbound;
import org.apache.pekko.stream.TLSProtocol.SslTlsOutbound;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** pekko-http's layers join to the flows of a connection unchanged. */
@Lab
@Timeout(60)
class HttpLayersTest {
  private static final int BODY = 300_000;

  private final Set<InetSocketAddress> seen = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  /** Between the client and the server, both of which speak HTTP with the proxy. */
  private static RunnableGraph<?> proxy(ActorSystem system, Connection connection) {
    var toClient = Http.get(system).serverLayer().atop(plain()).join(connection.flow());
    // A request of its own stream, as with pekko-http's outgoing connections.
    return toClient.join(
        Flow.of(HttpRequest.class).mapAsync(1, request -> forward(system, connection, request)));
  }

  private static CompletionStage<HttpResponse> forward(
      ActorSystem system, Connection connection, HttpRequest request) {
    InetSocketAddress server = connection.originalDestination();
    var toServer =
        Http.get(system)
            .clientLayer(Host.create(server.getAddress().getHostAddress(), server.getPort()))
            .atop(plain())
            .join(
                TransparentTcp.get(system)
                    .outgoingConnection(
                        connection,
                        Upstream.of(server),
                        RelaySettings.create().withSource(SourceAddress.clientIp())));
    // That header is for handlers of requests; it does not go over the wire.
    return Source.single(request.removeHeader("Timeout-Access"))
        .via(toServer)
        .runWith(Sink.head(), system);
  }

  /** No TLS. What comes in are session bytes, which the layers take for granted in Scala only. */
  @SuppressWarnings("unchecked")
  private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
    return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
        (BidiFlow<?, ?, ?, ?, ?>) TLSPlacebo.getInstance();
  }

  @ParameterizedTest
  @EnumSource
  void requestsKeepTheClientsConnectionAliveAndAreChunked(On on, LabNetwork net) throws Exception {
    InetSocketAddress address = net.server(0).at(PORT);
    HttpServer server = net.server(0).call(() -> serve(address));
    net.closeAtEnd(() -> server.stop(0));
    FlowProxy proxy = FlowProxy.start(net, on, HttpLayersTest::proxy);
    String body = "0123456789".repeat(BODY / 10);
    net.client()
        .run(
            () -> {
              assertEquals("GET /1 ", request(address, "/1", "", true));
              assertEquals("GET /2 ", request(address, "/2", "", true));
              assertEquals(1, proxy.binding().accepted());
              assertEquals("POST /3 " + body, request(address, "/3", body, false));
            });
    assertEquals(3, seen.size());
    seen.forEach(peer -> assertEquals(net.client().address(), peer.getAddress()));
    proxy.assertAllClosed();
  }

  private static String request(
      InetSocketAddress server, String path, String body, boolean keepAlive) throws IOException {
    URI uri = URI.create("http://" + server.getAddress().getHostAddress() + ":" + PORT + path);
    HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
    if (!body.isEmpty()) {
      request.setDoOutput(true);
      request.setChunkedStreamingMode(4096);
      try (OutputStream out = request.getOutputStream()) {
        out.write(body.getBytes(StandardCharsets.US_ASCII));
      }
    }
    try (InputStream in = request.getInputStream()) {
      assertEquals("chunked", request.getHeaderField("Transfer-Encoding"));
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } finally {
      if (!keepAlive) {
        request.disconnect();
      }
    }
  }

  /** Answers each request with itself. */
  private HttpServer serve(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", this::answer);
    server.start();
    return server;
  }

  private void answer(HttpExchange exchange) throws IOException {
    seen.add(exchange.getRemoteAddress());
    byte[] body = exchange.getRequestBody().readAllBytes();
    // A length of 0 means chunks.
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      String line = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath() + " ";
      out.write(line.getBytes(StandardCharsets.US_ASCII));
      out.write(body);
    }
  }
}

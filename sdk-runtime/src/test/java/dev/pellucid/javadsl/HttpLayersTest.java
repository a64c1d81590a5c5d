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
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
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

/** pekko-http's layers join to the flows of a connection. */
@Lab
@Timeout(60)
class HttpLayersTest {
  private static final int BODY = 300_000;
  private static final int REQUESTS = 5;

  private final Set<InetSocketAddress> seen = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void intercept(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
  }

  /** All requests of a connection go to the server over one other connection. */
  private static RunnableGraph<?> oneForAll(ActorSystem system, Connection connection) {
    return toClient(system, connection).join(toServer(system, connection));
  }

  /** A connection for each request, as with pekko-http's outgoing connections. */
  private static RunnableGraph<?> oneForEach(ActorSystem system, Connection connection) {
    return toClient(system, connection)
        .join(
            Flow.of(HttpRequest.class)
                .mapAsync(
                    1,
                    request ->
                        Source.single(request)
                            .via(toServer(system, connection))
                            .runWith(Sink.head(), system)));
  }

  private static Flow<HttpResponse, HttpRequest, NotUsed> toClient(
      ActorSystem system, Connection connection) {
    return Http.get(system).serverLayer().atop(plain()).join(connection.flow());
  }

  private static Flow<HttpRequest, HttpResponse, NotUsed> toServer(
      ActorSystem system, Connection connection) {
    InetSocketAddress server = connection.originalDestination();
    var layer =
        Http.get(system)
            .clientLayer(Host.create(server.getAddress().getHostAddress(), server.getPort()))
            .atop(plain())
            .join(
                TransparentTcp.get(system)
                    .outgoingConnection(
                        connection,
                        Upstream.of(server),
                        RelaySettings.create().withSource(SourceAddress.clientIp())));
    return Flow.of(HttpRequest.class)
        .map(HttpLayersTest::forwarded)
        .via(layer)
        .map(HttpLayersTest::forwarded);
  }

  private static HttpRequest forwarded(HttpRequest request) {
    // That header is for handlers of requests; it does not go over the wire.
    HttpRequest same =
        request.removeHeader("Timeout-Access").withUri(request.getUri().toRelative());
    return request.entity().isChunked() ? same.withEntity(anew(request.entity())) : same;
  }

  private static HttpResponse forwarded(HttpResponse response) {
    return response.entity().isChunked() ? response.withEntity(anew(response.entity())) : response;
  }

  /**
   * The same bytes in chunks of their own. The layer that sends an entity takes its last chunk for
   * its end and cancels it, and the layer that receives it takes that for a failure, because the
   * message has not ended yet.
   */
  private static HttpEntity.Chunked anew(HttpEntity entity) {
    return HttpEntities.createChunked(entity.getContentType(), entity.getDataBytes());
  }

  /** No TLS. What comes in are session bytes, which the layers take for granted in Scala only. */
  @SuppressWarnings("unchecked")
  private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
    return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
        (BidiFlow<?, ?, ?, ?, ?>) TLSPlacebo.getInstance();
  }

  @ParameterizedTest
  @EnumSource
  void oneConnectionCarriesAllRequestsOfAnother(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, HttpLayersTest::oneForAll);
    assertEquals(1, converse(net, proxy));
    proxy.assertAllClosed();
  }

  @ParameterizedTest
  @EnumSource
  void eachRequestMayHaveAConnectionOfItsOwn(On on, LabNetwork net) throws Exception {
    FlowProxy proxy = FlowProxy.start(net, on, HttpLayersTest::oneForEach);
    assertEquals(REQUESTS, converse(net, proxy));
    proxy.assertAllClosed();
  }

  /**
   * Sends requests over one connection, with chunks in both directions.
   *
   * @return how many connections the server has seen
   */
  private int converse(LabNetwork net, FlowProxy proxy) throws Exception {
    InetSocketAddress address = net.server(0).at(PORT);
    HttpServer server = net.server(0).call(() -> serve(address));
    net.closeAtEnd(() -> server.stop(0));
    String body = "0123456789".repeat(BODY / 10);
    net.client()
        .run(
            () -> {
              assertEquals("GET /1 ", request(address, "/1", "", true));
              assertEquals("GET /2 ", request(address, "/2", "", true));
              assertEquals("POST /3 " + body, request(address, "/3", body, true));
              assertEquals("POST /4 short", request(address, "/4", "short", true));
              assertEquals("GET /5 ", request(address, "/5", "", false));
            });
    assertEquals(1, proxy.binding().accepted());
    seen.forEach(peer -> assertEquals(net.client().address(), peer.getAddress()));
    return seen.size();
  }

  private static String request(
      InetSocketAddress server, String path, String body, boolean keepAlive) throws IOException {
    URI uri = URI.create("http://" + server.getAddress().getHostAddress() + ":" + PORT + path);
    HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
    if (!keepAlive) {
      request.setRequestProperty("Connection", "close");
    }
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
      String line = exchange.getRequestMethod() + " " + exchange.getRequestURI() + " ";
      out.write(line.getBytes(StandardCharsets.US_ASCII));
      out.write(body);
    }
  }
}

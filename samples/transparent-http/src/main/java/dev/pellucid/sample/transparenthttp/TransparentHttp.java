package dev.pellucid.sample.transparenthttp;

import dev.pellucid.api.Connection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.javadsl.Interception;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
import org.apache.pekko.stream.javadsl.TLSPlacebo;
import org.apache.pekko.util.ByteString;

/**
 * Reads and changes the HTTP/1.1 of the connections that the firewall's TPROXY rules send to port
 * 50080, and passes it on to where each client wanted to go, over one connection for each of the
 * client's. What happens to requests is in {@link Requests}.
 */
public final class TransparentHttp {
  private static final Duration IDLE = Duration.ofMinutes(5);
  private static final RelaySettings AS_CLIENT =
      RelaySettings.create().withSource(SourceAddress.clientIp());

  private final ActorSystem system = ActorSystem.create("transparent-http");
  private final TransparentTcp tcp = TransparentTcp.get(system);
  private final Http http = Http.get(system);
  private final Requests requests;

  private TransparentHttp(Requests requests) {
    this.requests = requests;
  }

  /** Runs the proxy; its one argument is the beginning of the paths that it blocks. */
  public static void main(String[] arguments) {
    if (arguments.length != 1 || !arguments[0].startsWith("/")) {
      System.err.println("usage: transparent-http /BLOCKED-PATH");
      System.exit(2);
    }
    new TransparentHttp(new Requests(arguments[0])).run();
    System.out.println("ready");
  }

  private void run() {
    RunnableGraph<CompletionStage<Binding>> proxy =
        tcp.bind(BindSettings.create("0.0.0.0", 50080).withInterception(Interception.TPROXY))
            .via(Stages.filter(c -> c.intercepted() ? Verdict.accept() : Verdict.reject()))
            .to(Stages.handleEach(this::handle));
    try {
      EventLoops.get(system)
          .runOnEach(proxy)
          .forEach(binding -> binding.toCompletableFuture().join());
    } catch (CompletionException e) {
      system.terminate();
      throw e;
    }
  }

  // #layers
  private RunnableGraph<?> handle(Connection connection) {
    return client(connection).join(requests.handledBy(server(connection)));
  }

  /** Takes responses to a client, and has its requests. */
  private Flow<HttpResponse, HttpRequest, NotUsed> client(Connection connection) {
    return http.serverLayer().atop(plain()).join(connection.flow());
  }

  /**
   * Takes requests to the server that a client asked for, and has its responses. If the server
   * cannot be reached, the client's connection ends: pekko-http would answer 500 in its place.
   */
  private Flow<HttpRequest, HttpResponse, NotUsed> server(Connection connection) {
    InetSocketAddress server = connection.originalDestination();
    return http.clientLayer(Host.create(server.getAddress().getHostAddress(), server.getPort()))
        .atop(plain())
        .join(tcp.outgoingConnection(connection, Upstream.of(server), AS_CLIENT))
        .onErrorComplete();
  }

  /**
   * No TLS, and no connection on which nothing moves. What comes in are session bytes, which the
   * layers take for granted in Scala only.
   */
  @SuppressWarnings("unchecked")
  private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
    return ((BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
            (BidiFlow<?, ?, ?, ?, ?>) TLSPlacebo.getInstance())
        .atop(BidiFlow.bidirectionalIdleTimeout(IDLE));
  }
  // #layers
}

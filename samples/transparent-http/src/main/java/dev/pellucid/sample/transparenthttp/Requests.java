package dev.pellucid.sample.transparenthttp;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpMessage;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.UniformFanInShape;
import org.apache.pekko.stream.UniformFanOutShape;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.GraphDSL;
import org.apache.pekko.stream.javadsl.Merge;
import org.apache.pekko.stream.javadsl.Partition;
import org.apache.pekko.stream.javadsl.Source;

/**
 * What the proxy does to requests: it answers those for a blocked path itself, with 403, and tells
 * servers in a header that the others have come through it.
 *
 * @param blocked the beginning of the paths that are blocked
 */
record Requests(String blocked) {
  private static final RawHeader VIA = RawHeader.create("Via", "1.1 pellucid");
  private static final HttpResponse FORBIDDEN =
      HttpResponse.create().withStatus(StatusCodes.FORBIDDEN).withEntity("Blocked.\n");

  /**
   * They concern one connection, and there are two (RFC 9110, section 7.6.1). So a client cannot
   * switch to another protocol, which this proxy does not speak. The last one is pekko-http's own,
   * for handlers of requests.
   */
  private static final List<String> HOP_BY_HOP =
      List.of(
          "Connection",
          "Keep-Alive",
          "Proxy-Connection",
          "TE",
          "Trailer",
          "Upgrade",
          "HTTP2-Settings",
          "Timeout-Access");

  private static final String CLOSE = "close";

  /**
   * The requests of one client, answered in their order by a server or by the proxy. It relies on
   * the layer before it to send one only when the last was answered.
   */
  Flow<HttpRequest, HttpResponse, NotUsed> handledBy(
      Flow<HttpRequest, HttpResponse, NotUsed> server) {
    return Flow.fromGraph(
        GraphDSL.create(
            graph -> {
              UniformFanOutShape<HttpRequest, HttpRequest> requests =
                  graph.add(Partition.create(2, this::way, true));
              UniformFanInShape<HttpResponse, HttpResponse> responses =
                  graph.add(Merge.create(2, true));
              graph.from(requests.out(0)).via(graph.add(through(server))).toFanIn(responses);
              graph.from(requests.out(1)).via(graph.add(forbidden())).toFanIn(responses);
              return FlowShape.of(requests.in(), responses.out());
            }));
  }

  private int way(HttpRequest request) {
    return target(request).path().startsWith(blocked) ? 1 : 0;
  }

  /**
   * What a request asks for: the path without its %-escapes and dots, and with one slash at its
   * beginning, for many servers take several for one. It is also what the server gets.
   */
  private static Uri target(HttpRequest request) {
    Uri uri = request.getUri();
    return uri.path(uri.path().replaceFirst("^/+", "/")).toRelative();
  }

  /** Never ends by itself: the server's last answer may be still to come. */
  private static Flow<HttpRequest, HttpResponse, NotUsed> forbidden() {
    return Flow.of(HttpRequest.class)
        .flatMapConcat(
            request -> request.entity().getDataBytes().fold(FORBIDDEN, (answer, bytes) -> answer))
        .concat(Source.never());
  }

  private static Flow<HttpRequest, HttpResponse, NotUsed> through(
      Flow<HttpRequest, HttpResponse, NotUsed> server) {
    return Flow.of(HttpRequest.class).map(Requests::forwarded).via(server).map(Requests::forwarded);
  }

  private static HttpRequest forwarded(HttpRequest request) {
    HttpRequest forwarded =
        endToEnd(request, connectionOptions(request)).withUri(target(request)).addHeader(VIA);
    return request.entity().isChunked() ? forwarded.withEntity(anew(request.entity())) : forwarded;
  }

  /** A server that is about to end its connection ends the client's: the client is to know it. */
  private static HttpResponse forwarded(HttpResponse response) {
    Set<String> options = connectionOptions(response);
    HttpResponse forwarded = endToEnd(response, options);
    if (options.contains(CLOSE)) {
      forwarded = forwarded.addHeader(Connection.create(CLOSE));
    }
    return response.entity().isChunked()
        ? forwarded.withEntity(anew(response.entity()))
        : forwarded;
  }

  /** What a message says of its connection, which includes the names of headers that do. */
  private static Set<String> connectionOptions(HttpMessage message) {
    Set<String> options = new HashSet<>();
    for (HttpHeader header : message.getHeaders()) {
      if (header.is("connection")) {
        for (String option : header.value().split(",", -1)) {
          options.add(option.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    return options;
  }

  private static <M extends HttpMessage.MessageTransformations<M>> M endToEnd(
      M message, Set<String> connectionOptions) {
    M endToEnd = message;
    for (String name : HOP_BY_HOP) {
      endToEnd = endToEnd.removeHeader(name);
    }
    for (String name : connectionOptions) {
      endToEnd = endToEnd.removeHeader(name);
    }
    return endToEnd;
  }

  /**
   * The same bytes in chunks of their own. The layer that sends an entity takes its last chunk for
   * its end and cancels it, and the layer that receives it takes that for a failure, because the
   * message has not ended yet.
   */
  private static HttpEntity.Chunked anew(HttpEntity entity) {
    return HttpEntities.createChunked(entity.getContentType(), entity.getDataBytes());
  }
}

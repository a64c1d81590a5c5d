package dev.pellucid.sample.transparenthttp;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Answers requests with their bodies and a hop-by-hop header, and remembers what it has seen. */
final class EchoServer {
  private final ConcurrentLinkedQueue<HttpExchange> exchanges = new ConcurrentLinkedQueue<>();

  HttpServer start(InetSocketAddress address) throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", this::answer);
    server.start();
    return server;
  }

  /** A body that came in chunks goes back in chunks. */
  private void answer(HttpExchange exchange) throws IOException {
    exchanges.add(exchange);
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("Connection", "X-Hop");
    exchange.getResponseHeaders().add("X-Hop", "server");
    boolean chunked = exchange.getRequestHeaders().containsKey("Transfer-Encoding");
    exchange.sendResponseHeaders(200, chunked ? 0 : body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** The request lines, without the version, in the order in which they came. */
  List<String> requests() {
    return exchanges.stream().map(e -> e.getRequestMethod() + " " + e.getRequestURI()).toList();
  }

  /** The different values of a header that requests had. */
  List<String> header(String name) {
    return exchanges.stream()
        .flatMap(e -> e.getRequestHeaders().getOrDefault(name, List.of()).stream())
        .distinct()
        .toList();
  }

  /** The different addresses that connections came from. */
  List<InetSocketAddress> clients() {
    return exchanges.stream().map(HttpExchange::getRemoteAddress).distinct().toList();
  }
}

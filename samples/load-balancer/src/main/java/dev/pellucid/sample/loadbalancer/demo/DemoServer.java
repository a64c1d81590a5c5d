package dev.pellucid.sample.loadbalancer.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.pellucid.lab.LabHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web server that tells who it is and whom it sees.
 *
 * @param name its name and address
 * @param address its own address
 * @param http the server
 */
record DemoServer(String name, InetSocketAddress address, HttpServer http)
    implements AutoCloseable {
  private static final Pattern ANSWER = Pattern.compile("I am (\\S+ \\S+), and you are (\\S+)\\.");

  /** What a server has told. */
  record Statement(String server, String client) {}

  /** Starts one on a host. Its threads live there, too. */
  static DemoServer start(LabHost host, int port) throws Exception {
    return host.call(
        () -> {
          HttpServer http = HttpServer.create(new InetSocketAddress(port), 0);
          http.createContext("/", exchange -> answer(name(host), exchange));
          http.start();
          return new DemoServer(name(host), host.at(port), http);
        });
  }

  private static String name(LabHost host) {
    return host.name() + " " + host.address().getHostAddress();
  }

  private static void answer(String name, HttpExchange exchange) throws IOException {
    String client = exchange.getRemoteAddress().getAddress().getHostAddress();
    byte[] body = "I am %s, and you are %s.\n".formatted(name, client).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Connection", "close");
    exchange.sendResponseHeaders(200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  /** Reads an answer. */
  static Statement read(String answer) throws IOException {
    Matcher matcher = ANSWER.matcher(answer);
    if (!matcher.find()) {
      throw new IOException("an answer of none of the servers: " + answer.strip());
    }
    return new Statement(matcher.group(1), matcher.group(2));
  }

  @Override
  public void close() {
    http.stop(0);
  }
}

package dev.pellucid.sample.transparenthttp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proxy as a process of its own, between real HTTP clients and servers. */
@Lab
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransparentHttpTest {
  private static final int PORT = 80;
  private static final int LISTENER_PORT = 50080;
  private static final int LARGE = 20 << 20;

  private final EchoServer server = new EchoServer();
  @TempDir private Path folder;
  private URI uri;

  @BeforeEach
  void start(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER_PORT);
    ProcessBuilder command = command("/private").redirectError(ProcessBuilder.Redirect.INHERIT);
    Process proxy = net.proxy().start(command);
    assertEquals("ready", proxy.inputReader(UTF_8).readLine());
    uri = URI.create("http://" + net.server(0).address().getHostAddress());
  }

  private static ProcessBuilder command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TransparentHttp.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  private void serve(LabNetwork net) throws Exception {
    HttpServer running = net.server(0).call(() -> server.start(net.server(0).at(PORT)));
    net.closeAtEnd(() -> running.stop(0));
  }

  @Test
  void oneConnectionToTheServerCarriesAllOfOne(LabNetwork net) throws Exception {
    serve(net);
    String large = "@" + Files.write(folder.resolve("large"), random(LARGE));
    List<String> curl = new ArrayList<>(List.of("curl"));
    addRequest(curl, "/a?b=%20c", "--data-binary", "short");
    addRequest(curl, "/private/b", "--data-binary", "short");
    addRequest(curl, "/%70rivate/c");
    addRequest(curl, "/d/../private/d", "--path-as-is");
    addRequest(curl, "//private/d", "--path-as-is");
    addRequest(curl, "/d/..//private/d", "--path-as-is");
    addRequest(curl, "/e");
    addRequest(curl, "//img?a=//b", "--path-as-is");
    addRequest(curl, "/f", "--data-binary", large, "-H", "Expect: 100-continue");
    addRequest(curl, "/g", "--data-binary", large, "-H", "Transfer-Encoding: chunked");
    addRequest(curl, "/private/h", "--data-binary", large, "-H", "Transfer-Encoding: chunked");
    addRequest(curl, "/i", "--head");
    addRequest(curl, "/j", "--data-binary", "end");

    List<String> statuses = net.client().exec(curl.toArray(String[]::new)).lines().toList();

    assertEquals(
        List.of(
            "200 1", "403 0", "403 0", "403 0", "403 0", "403 0", "200 0", "200 0", "200 0",
            "200 0", "403 0", "200 0", "200 0"),
        statuses);
    assertEquals("short", answer("/a?b=%20c"));
    assertEquals("end", answer("/j"));
    assertEquals(-1, Files.mismatch(folder.resolve("large"), file("/f")));
    assertEquals(-1, Files.mismatch(folder.resolve("large"), file("/g")));
    assertEquals(
        List.of(
            "POST /a?b=%20c",
            "GET /e", "GET /img?a=//b", "POST /f", "POST /g", "HEAD /i", "POST /j"),
        server.requests());
    assertEquals(List.of("1.1 pellucid"), server.header("Via"));
    assertEquals(List.of(uri.getHost()), server.header("Host"));
    assertEquals(1, server.clients().size());
    assertEquals(net.client().address(), server.clients().get(0).getAddress());
  }

  /** One more request for curl to make, which prints its status and whether it had to connect. */
  private void addRequest(List<String> curl, String path, String... options) {
    if (curl.size() > 1) {
      curl.add("--next");
    }
    curl.addAll(List.of("-sS", "--max-time", "30", "-o", file(path).toString(), "-w"));
    curl.add("%{http_code} %{num_connects}\n");
    curl.addAll(List.of(options));
    curl.add(uri + path);
  }

  private Path file(String path) {
    return folder.resolve(path.replace('/', '_'));
  }

  private String answer(String path) throws IOException {
    return Files.readString(file(path));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  /** Three requests at once, of which the proxy could answer the second one first. */
  @Test
  void pipelinedRequestsAreAnsweredInOrder(LabNetwork net) throws Exception {
    serve(net);
    String answers =
        net.client()
            .call(
                () ->
                    talk(
                        net.server(0).at(PORT),
                        request("/first", "1\n")
                            + request("/private", "2\n")
                            + request("/third", "3\n")));
    assertEquals(
        List.of(
            "HTTP/1.1 200 OK", "1", "HTTP/1.1 403 Forbidden", "Blocked.", "HTTP/1.1 200 OK", "3"),
        answers.lines().filter(line -> line.matches("HTTP.*|\\d|Blocked.")).toList());
    assertEquals(List.of("POST /first", "POST /third"), server.requests());
    assertEquals(1, server.clients().size());
    assertEquals(List.of(), answers.lines().filter(line -> line.startsWith("X-Hop")).toList());
    assertEquals(List.of(), server.header("X-Hop"));
    assertEquals(List.of(), server.header("TE"));
  }

  private static String request(String path, String body) {
    return """
        POST %s HTTP/1.1\r
        Host: anything\r
        Connection: TE, x-hop\r
        TE: trailers\r
        X-Hop: client\r
        Content-Length: %d\r
        \r
        %s"""
        .formatted(path, body.length(), body);
  }

  /** Sends all at once, and the end of the stream, and returns what comes back until its end. */
  private static String talk(InetSocketAddress asked, String requests) throws IOException {
    try (Socket socket = new Socket(asked.getAddress(), asked.getPort())) {
      socket.getOutputStream().write(requests.getBytes(US_ASCII));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  @Test
  void theEndOfTheServersConnectionEndsTheClients(LabNetwork net) throws Exception {
    ServerSocket listener = net.closeAtEnd(net.server(0).call(() -> new ServerSocket(PORT)));
    CompletableFuture<Void> once = net.server(0).submit(() -> answerOnce(listener));
    Socket client =
        net.closeAtEnd(net.client().call(() -> new Socket(net.server(0).address(), PORT)));
    client.getOutputStream().write(request("/", "?").getBytes(US_ASCII));
    String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
    assertEquals("until the end", answer.substring(answer.indexOf("\r\n\r\n") + 4));
    once.get();
  }

  /** Answers one request in the way of HTTP/1.0: the end of the connection is the answer's. */
  private static Void answerOnce(ServerSocket listener) throws IOException {
    try (Socket accepted = listener.accept()) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(accepted.getInputStream(), US_ASCII));
      while (!in.readLine().isEmpty()) {}
      in.read();
      accepted.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nuntil the end".getBytes(US_ASCII));
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "private", "/a /b"})
  void whatToBlockHasToBeSaid(String arguments) throws Exception {
    Process proxy = command(arguments.split(" ", -1)).start();
    assertEquals("usage: transparent-http /BLOCKED-PATH", proxy.errorReader(UTF_8).readLine());
    assertEquals(2, proxy.waitFor());
  }

  @Test
  void whereNobodyListensNobodyAnswers(LabNetwork net) throws Exception {
    String answer = net.client().call(() -> talk(net.server(0).at(PORT), request("/", "?")));
    assertEquals("", answer);
  }
}

package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.HostCommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** curl asks for servers by name, through the finished distribution with a filter that reads it. */
@Lab(servers = 2)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServerNameIT {
  private static final int PORT = 4430;
  private static final int LISTENER = 54430;
  private static final String NOBODY = "10.9.9.9";
  private static final String PASSWORD = "password";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"sni, https, 35", "http-host, http, 56"})
  void whoIsAllowedIsRelayedAndWhoIsDeniedIsReset(
      String filter, String scheme, int resetCode, LabNetwork net) throws Exception {
    serve(net, net.server(0), factory(scheme));
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer =
        LabBalancer.start(
            net,
            folder,
            configuration(
                filter,
                """
                { names = [internal.pellucid.test], action = deny }
                { names = ["*.pellucid.test"], action = allow }
                """,
                "pool = [ { address = \"%s\" } ]".formatted(at(net.server(0)))));
    assertEquals(answerOf(net, net.server(0)), ask(net, scheme, "www.pellucid.test"));
    HostCommandException denied =
        assertThrows(HostCommandException.class, () -> ask(net, scheme, "internal.pellucid.test"));
    assertEquals(resetCode, denied.exitCode(), denied.getMessage());
    assertTrue(denied.stderr().contains("reset by peer"), denied.stderr());
    balancer.awaitEnded(2);
  }

  @ParameterizedTest
  @CsvSource({"sni, https", "http-host, http"})
  void whoIsRoutedReachesThePoolOfItsName(String filter, String scheme, LabNetwork net)
      throws Exception {
    ServerSocketFactory factory = factory(scheme);
    serve(net, net.server(0), factory);
    serve(net, net.server(1), factory);
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer =
        LabBalancer.start(
            net,
            folder,
            configuration(
                filter,
                "{ names = [api.pellucid.test], action = route, pool = api }",
                """
                pool = [ { address = "%s" } ]
                pools { api { pool = [ { address = "%s" } ] } }
                """
                    .formatted(at(net.server(0)), at(net.server(1)))));
    assertEquals(answerOf(net, net.server(1)), ask(net, scheme, "api.pellucid.test"));
    assertEquals(answerOf(net, net.server(0)), ask(net, scheme, "www.pellucid.test"));
    balancer.awaitEnded(2);
  }

  private static String configuration(String filter, String rules, String upstream) {
    return """
        pellucid.listeners.web {
          transport = tcp, address = "0.0.0.0:%d", intercept.ports = [%d]
          filters = [ { type = %s, rules = [ %s ], otherwise = allow } ]
          upstream { %s }
        }
        """
        .formatted(LISTENER, PORT, filter, rules, upstream);
  }

  private static String at(LabHost server) {
    return server.address().getHostAddress() + ":" + PORT;
  }

  /** What a server tells of itself and of whom it saw. */
  private static String answerOf(LabNetwork net, LabHost server) {
    return server.address().getHostAddress() + " saw " + net.client().address().getHostAddress();
  }

  private static String ask(LabNetwork net, String scheme, String name) throws Exception {
    return net.client()
        .exec(
            "curl",
            "--silent",
            "--show-error",
            "--insecure",
            "--noproxy",
            "*",
            "--resolve",
            name + ":" + PORT + ":" + NOBODY,
            scheme + "://" + name + ":" + PORT + "/");
  }

  private ServerSocketFactory factory(String scheme) throws Exception {
    return scheme.equals("https")
        ? tls().getServerSocketFactory()
        : ServerSocketFactory.getDefault();
  }

  /** With a certificate of its own making. */
  private SSLContext tls() throws Exception {
    Path file = folder.resolve("key.p12");
    List<String> keytool =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=pellucid.test",
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD);
    HostCommand.finish(HostCommand.builder(keytool.toArray(String[]::new)).start(), keytool);
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context;
  }

  /** Answers every HTTP request with its own address and the one that the request came from. */
  private static void serve(LabNetwork net, LabHost host, ServerSocketFactory factory)
      throws Exception {
    ServerSocket listener =
        net.closeAtEnd(host.call(() -> factory.createServerSocket(PORT, 50, host.address())));
    var unused = host.submit(() -> answerAll(listener));
  }

  private static Void answerAll(ServerSocket listener) throws IOException {
    while (true) {
      try (Socket socket = listener.accept()) {
        answer(socket);
      } catch (SocketException e) {
        if (listener.isClosed()) {
          return null;
        }
        throw e;
      }
    }
  }

  private static void answer(Socket socket) throws IOException {
    var request = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    String line = request.readLine();
    while (line != null && !line.isEmpty()) {
      line = request.readLine();
    }
    String answer =
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s saw %s"
            .formatted(
                socket.getLocalAddress().getHostAddress(),
                socket.getInetAddress().getHostAddress());
    socket.getOutputStream().write(answer.getBytes(US_ASCII));
  }
}

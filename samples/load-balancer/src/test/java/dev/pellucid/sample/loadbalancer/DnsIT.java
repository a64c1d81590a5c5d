package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real DNS server behind the finished distribution, and clients that ask an address which no host
 * has.
 */
@Lab
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DnsIT {
  private static final int PORT = 53;
  private static final int LISTENER = 50053;
  private static final String NOBODY = "10.9.9.9";
  private static final String NOBODY_6 = "fd00:9::9";
  private static final String NAME = "pellucid.test";
  private static final String ANSWER = "192.0.2.1";
  private static final String UDP = "transport = udp, upstream.responses = 1";
  private static final int FEW = 1_000;
  private static final int MANY = 100_000;
  private static final int MOST_LOST = MANY / 1000;
  private static final Pattern NOERROR = Pattern.compile("NOERROR (\\d+)");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"+tcp   | transport = tcp", "+notcp | " + UDP})
  void digIsAnswered(String option, String listener, LabNetwork net) throws Exception {
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer = startBalancer(net, listener);
    Process dnsmasq = startServer(net.server(0), "--log-queries");
    try (BufferedReader queries = dnsmasq.inputReader()) {
      assertAnswered(net, option, NOBODY, net.client().address(), queries);
      assertAnswered(net, option, NOBODY_6, net.client().address6(), queries);
    }
    balancer.awaitEnded(2);
  }

  /** Also tells that the server saw the client; dig itself looks who answers. */
  private static void assertAnswered(
      LabNetwork net, String option, String asked, InetAddress client, BufferedReader queries)
      throws Exception {
    String answer =
        net.client().exec("dig", "@" + asked, NAME, option, "+short", "+tries=1", "+timeout=5");
    assertEquals(ANSWER, answer.strip());
    assertEquals(client, asker(queries));
  }

  @Test
  void manyQueriesLeaveNoSocketBehind(LabNetwork net) throws Exception {
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer = startBalancer(net, UDP);
    startServer(net.server(0));
    // What stays is there then: classes are loaded, and each loop has its socket for replies.
    answered(net, FEW);
    long before = balancer.descriptors();
    int answered = answered(net, MANY);
    assertTrue(answered >= MANY - MOST_LOST, () -> answered + " queries were answered");
    // A session is one query, or two that were on their way at a time.
    balancer.awaitEnded(MANY / 2);
    balancer.awaitDescriptors(before);
  }

  /**
   * Sends so many queries, seldom two at a time from one socket, and returns how many were
   * answered.
   */
  private int answered(LabNetwork net, int queries) throws Exception {
    String file = Files.writeString(folder.resolve("queries"), NAME + " A\n").toString();
    String report =
        net.client()
            .exec("dnsperf", "-s", NOBODY, "-d", file, "-n", "" + queries, "-q", "20", "-c", "200");
    Matcher matcher = NOERROR.matcher(report);
    assertTrue(matcher.find(), report);
    return Integer.parseInt(matcher.group(1));
  }

  private static InetAddress asker(BufferedReader queries) throws IOException {
    String sign = "query[A] " + NAME + " from ";
    for (String line = queries.readLine(); line != null; line = queries.readLine()) {
      if (line.contains(sign)) {
        return InetAddress.getByName(line.substring(line.indexOf(sign) + sign.length()).strip());
      }
    }
    throw new AssertionError("dnsmasq has ended");
  }

  private LabBalancer startBalancer(LabNetwork net, String listener) throws Exception {
    LabHost server = net.server(0);
    return LabBalancer.start(
        net,
        folder,
        """
        pellucid {
          event-loops = 2
          listeners {
            dns {
              %1$s, address = "0.0.0.0:%2$d", intercept.ports = [%3$d]
              upstream.pool = [ { address = "%4$s:%3$d" } ]
            }
            dns6 {
              %1$s, address = "[::]:%2$d", intercept.ports = [%3$d]
              upstream.pool = [ { address = "[%5$s]:%3$d" } ]
            }
          }
        }
        """
            .formatted(
                listener,
                LISTENER,
                PORT,
                server.address().getHostAddress(),
                server.address6().getHostAddress()));
  }

  /** Starts dnsmasq, which knows one name. */
  private static Process startServer(LabHost host, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "dnsmasq",
                // It also leaves the user alone, whom a user namespace cannot change.
                "--no-daemon",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--bind-interfaces",
                "--listen-address=" + host.address().getHostAddress(),
                "--listen-address=" + host.address6().getHostAddress(),
                "--address=/" + NAME + "/" + ANSWER));
    command.addAll(List.of(options));
    ProcessBuilder builder = HostCommand.builder(command.toArray(String[]::new));
    Process dnsmasq = host.start(builder.redirectErrorStream(true));
    host.awaitListening(PORT);
    return dnsmasq;
  }
}

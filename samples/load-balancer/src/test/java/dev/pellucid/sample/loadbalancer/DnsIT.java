package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

  @TempDir Path folder;

  @Test
  void digIsAnsweredOverTcp(LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER);
    LabBalancer balancer = startBalancer(net, "tcp");
    try (BufferedReader queries = startServer(net.server(0), "--log-queries")) {
      assertAnswered(net, NOBODY, net.client().address(), queries, "+tcp");
      assertAnswered(net, NOBODY_6, net.client().address6(), queries, "+tcp");
    }
    balancer.awaitEnded(2);
  }

  /** Also tells that the server saw the client; dig itself looks who answers. */
  private static void assertAnswered(
      LabNetwork net, String asked, InetAddress client, BufferedReader queries, String... options)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of("dig", "@" + asked, NAME, "+short", "+tries=1", "+timeout=5"));
    command.addAll(List.of(options));
    assertEquals(ANSWER, net.client().exec(command.toArray(String[]::new)).strip());
    assertEquals(client, asker(queries));
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

  private LabBalancer startBalancer(LabNetwork net, String transport) throws Exception {
    LabHost server = net.server(0);
    return LabBalancer.start(
        net,
        folder,
        """
        pellucid {
          event-loops = 2
          listeners {
            dns  { %1$s, address = "0.0.0.0:%2$d", upstream.pool = [ { address = "%3$s:53" } ] }
            dns6 { %1$s, address = "[::]:%2$d", upstream.pool = [ { address = "[%4$s]:53" } ] }
          }
        }
        """
            .formatted(
                "transport = %s, intercept { mode = tproxy, ports = [%d] }"
                    .formatted(transport, PORT),
                LISTENER,
                server.address().getHostAddress(),
                server.address6().getHostAddress()));
  }

  /** Starts dnsmasq, which knows one name, and returns its log. */
  private static BufferedReader startServer(LabHost host, String... options) throws Exception {
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
    return dnsmasq.inputReader();
  }
}

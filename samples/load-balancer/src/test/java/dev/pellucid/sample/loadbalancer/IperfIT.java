package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real iperf3 through the finished distribution. */
@Lab
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IperfIT {
  private static final int PORT = 5201;
  private static final int LISTENER = 55201;
  private static final int SECONDS = 1;

  /** A control connection, and one for the data. */
  private static final int TCP_CONNECTIONS = 2;

  private static final String CONFIGURATION =
      """
      pellucid.listeners {
        iperf {
          transport = tcp, address = "0.0.0.0:%1$d", intercept { mode = tproxy, ports = [%2$d] }
          upstream.route = original-destination
        }
      }
      """
          .formatted(LISTENER, PORT);

  @TempDir Path folder;

  @BeforeEach
  void startServer(LabNetwork net) throws Exception {
    ProcessBuilder server = HostCommand.builder("iperf3", "--server");
    net.server(0).start(server.redirectErrorStream(true).redirectOutput(Redirect.DISCARD));
    net.server(0).awaitListening(PORT);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tcp(boolean reverse, LabNetwork net) throws Exception {
    net.intercept(FirewallTool.NFT, PORT, LISTENER);
    LabBalancer balancer = LabBalancer.start(net, folder, CONFIGURATION);
    assertReceived(iperf(net, reverse));
    balancer.awaitEnded(TCP_CONNECTIONS);
  }

  private static Config iperf(LabNetwork net, boolean reverse, String... options) throws Exception {
    String server = net.server(0).address().getHostAddress();
    List<String> command =
        new ArrayList<>(List.of("iperf3", "--client", server, "--json", "--time", "" + SECONDS));
    command.addAll(List.of(options));
    if (reverse) {
      command.add("--reverse");
    }
    return ConfigFactory.parseString(net.client().exec(command.toArray(String[]::new)));
  }

  // With --json, iperf3 ends with 0 even if it cannot connect.
  private static void assertReceived(Config report) {
    assertFalse(report.hasPath("error"), report::toString);
    assertTrue(report.getLong("end.sum_received.bytes") > 0, report::toString);
  }
}

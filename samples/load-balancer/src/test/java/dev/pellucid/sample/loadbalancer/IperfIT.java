package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
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

/**
 * A real iperf3 through the finished distribution: one connection for control, one for the data.
 */
@Lab
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IperfIT {
  private static final int PORT = 5201;
  private static final int LISTENER = 55201;
  private static final int SECONDS = 1;

  private static final int MOST_LOST_PERCENT = 5;
  private static final int MOST_RUNS = 3;

  private static final String CONFIGURATION =
      """
      pellucid.listeners {
        tcp {
          transport = tcp, address = "0.0.0.0:%1$d", intercept { mode = tproxy, ports = [%2$d] }
          upstream.route = original-destination
        }
        udp {
          transport = udp, address = "0.0.0.0:%1$d", intercept { mode = tproxy, ports = [%2$d] }
          upstream.route = original-destination
          timeouts.idle = 2s
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
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer = LabBalancer.start(net, folder, CONFIGURATION);
    Config report = iperf(net, reverse);
    assertTrue(report.getLong("end.sum_received.bytes") > 0, report::toString);
    balancer.awaitEnded(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void udp(boolean reverse, LabNetwork net) throws Exception {
    LabBalancer.intercept(net, PORT, LISTENER);
    LabBalancer balancer = LabBalancer.start(net, folder, CONFIGURATION);
    // What finds a JVM that is still loading its classes, or a host that is busy, is lost.
    double lost = 100;
    int runs = 0;
    while (lost >= MOST_LOST_PERCENT && runs < MOST_RUNS) {
      Config report = iperf(net, reverse, "--udp", "--bitrate", "50M");
      assertTrue(report.getLong("end.sum.packets") > 0, report::toString);
      lost = report.getDouble("end.sum.lost_percent");
      runs++;
    }
    assertTrue(lost < MOST_LOST_PERCENT, "percent lost: " + lost);
    balancer.awaitEnded(2 * runs);
  }

  private static Config iperf(LabNetwork net, boolean reverse, String... options) throws Exception {
    String server = net.server(0).address().getHostAddress();
    List<String> command =
        new ArrayList<>(List.of("iperf3", "--client", server, "--json", "--time", "" + SECONDS));
    command.addAll(List.of(options));
    if (reverse) {
      command.add("--reverse");
    }
    Config report = ConfigFactory.parseString(net.client().exec(command.toArray(String[]::new)));
    // With --json, iperf3 ends with 0 even if it cannot connect.
    assertFalse(report.hasPath("error"), report::toString);
    return report;
  }
}

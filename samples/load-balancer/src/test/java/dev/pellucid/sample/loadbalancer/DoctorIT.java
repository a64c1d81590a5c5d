package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The finished distribution finds out what keeps it from working, and its cures work. */
@Lab
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoctorIT {
  @TempDir Path folder;

  @Test
  void findsAndCures(LabNetwork net) throws Exception {
    net.closeAtEnd(net.server(0).call(() -> new ServerSocket(80)));
    String configuration =
        """
        pellucid.listeners.web {
          address = "0.0.0.0:50080", max-connections = 100
          intercept { ports = [80], sources = ["10.1.0.0/24"] }
          upstream.pool = [{ address = "%s:80" }]
        }
        """
            .formatted(net.server(0).address().getHostAddress());
    LabBalancer.start(net, folder, configuration);
    Path file = folder.resolve("proxy.conf");

    List<String> types = new ArrayList<>();
    for (Config finding = first(net, file); finding != null; finding = first(net, file)) {
      types.add(finding.getString("type"));
      LabCommand cure = LabCommand.shell(net, folder, finding.getString("cure"));
      assertEquals(0, cure.exitCode(), cure::output);
      assertTrue(types.size() < 10, types::toString);
    }
    // The first cure that applies the rules heals what else they are needed for.
    assertEquals(List.of("policy-rule-missing", "local-route-missing", "tproxy-missing"), types);

    LabCommand people =
        LabCommand.pellucid(net, folder, List.of("doctor", file.toString(), "--probe"));
    assertEquals(0, people.exitCode(), people::output);
    assertTrue(people.output().endsWith("no findings\n"), people::output);
  }

  /** The first finding of an examination, or null if there is none. */
  private @Nullable Config first(LabNetwork net, Path file) throws Exception {
    LabCommand doctor =
        LabCommand.pellucid(net, folder, List.of("doctor", file.toString(), "--json"));
    Config json =
        ConfigFactory.parseString(
            doctor.output(), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
    List<? extends Config> findings = json.getConfigList("findings");
    assertEquals(findings.isEmpty() ? 0 : 1, doctor.exitCode());
    return findings.isEmpty() ? null : findings.get(0);
  }
}

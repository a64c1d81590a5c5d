package dev.pellucid.sample.customproxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.Severity;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program sets its host up and examines it, as docs/linux-setup.md shows. */
@Lab
@Timeout(60)
class HostSetupTest {

  @Test
  void aHostThatIsSetUpHasNothingFatal(LabNetwork net) throws Exception {
    List<Finding> findings = net.proxy().call(HostSetupTest::setUp);
    assertEquals(
        List.of(), findings.stream().filter(HostSetupTest::fatal).toList(), findings::toString);
  }

  private static boolean fatal(Finding finding) {
    return finding.type().severity() == Severity.FATAL;
  }

  private static List<Finding> setUp() throws Exception {
    // #host
    Rules rules =
        Rules.of(
            List.of(
                Intercept.tcp(
                    "web", new InetSocketAddress("0.0.0.0", 50080), List.of(PortRange.of(80)))));
    rules.apply(); // as root; may be repeated

    List<Finding> findings =
        Doctor.examine(new HostRequirements(rules, List.of(), "my-proxy --set-up"), Depth.TRY);
    findings.forEach(found -> System.err.printf("%s%n%s%n", found.what(), found.cure()));
    // #host
    return findings;
  }
}

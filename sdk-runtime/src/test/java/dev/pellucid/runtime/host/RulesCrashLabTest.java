package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whenever the script that applies or removes rules is killed, running either again mends it. */
@Lab
@Timeout(300)
class RulesCrashLabTest {
  private static final int THIRD = 3;
  private static final int ELEVENTH = 11;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aCrashAtAnyStepIsMended(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules rules = SharedHost.rules(backEnd);
    HostScript applying = rules.applying(backEnd.tool());
    String before = host.state();
    host.run(applying);
    String applied = host.state();
    host.run(rules.removing());
    assertEquals(before, host.state());
    int steps = 0;
    for (boolean killed = true; killed; steps++) {
      killed = host.killed(applying, steps);
      host.run(rules.removing());
      assertEquals(before, host.state(), "apply was killed at step " + steps + ", then remove");
      // The others take long; by threes, they meet both sides of a command.
      if (steps % THIRD == 0) {
        host.killed(applying, steps);
        host.run(applying);
        assertEquals(applied, host.state(), "apply was killed at step " + steps + ", then apply");
        host.killed(rules.removing(), steps);
        host.run(rules.removing());
        assertEquals(before, host.state(), "remove was killed at step " + steps);
      }
    }
    assertTrue(steps > 10, "only " + steps + " steps");
  }

  @ParameterizedTest
  @EnumSource
  void whatOnlyAnEarlierConfigurationNeededGoes(FirewallBackEnd backEnd, LabNetwork net)
      throws Exception {
    SharedHost host = new SharedHost(net, backEnd, folder);
    Rules before = SharedHost.rules(backEnd);
    Rules rules = Rules.of(before.intercepts().subList(0, 1));
    String untouched = host.state();
    host.run(rules.applying(backEnd.tool()));
    List<String> needed = settings(host);
    int steps = 0;
    for (boolean killed = true; killed; steps += ELEVENTH) {
      host.run(before.applying(backEnd.tool()));
      assertNotEquals(needed, settings(host));
      killed = host.killed(rules.applying(backEnd.tool()), steps);
      host.run(rules.applying(backEnd.tool()));
      assertEquals(needed, settings(host), "killed at step " + steps);
      assertEquals(List.of(), host.run(rules.applying(backEnd.tool())));
    }
    // From now on, somebody else wants this.
    net.proxy().sysctl("net.ipv4.ip_forward", 1);
    assertEquals(List.of(), host.run(rules.applying(backEnd.tool())));
    host.run(rules.removing());
    assertEquals("1", net.proxy().sysctl("net.ipv4.ip_forward"));
    host.shell("cd /proc/sys/net/ipv4; echo 0 >ip_forward; echo 1 >conf/client0/forwarding");
    host.shell("echo 0 >/proc/sys/net/ipv4/conf/all/accept_redirects");
    assertEquals(untouched, host.state());
  }

  private static List<String> settings(SharedHost host) throws Exception {
    return host.shell(
            """
            for family in -4 -6; do
              ip $family rule
              ip $family route show table all
            done
            cd /proc/sys/net
            grep -H '' ipv?/conf/*/forwarding ipv?/conf/*/accept_* ipv4/conf/*/rp_filter
            """)
        .lines()
        .toList();
  }
}

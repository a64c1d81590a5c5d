package dev.pellucid.runtime;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A proxy looks at its host every minute. On a node of a large cluster, behind a block list, or on
 * a router with many routes, that must not cost it the memory that its connections need: the
 * bundled load balancer has a heap of 256 MiB, and ends where that is not enough.
 */
@Lab
@Timeout(120)
class LargeHostTest {
  private static final int SERVICES = 3_000;
  private static final int ROUTES = 100_000;
  private static final int BLOCKED = 50_000;

  // What the kernel takes at once from those who are root in a user namespace only.
  private static final int SERVICES_AT_ONCE = 100;
  private static final int BLOCKED_AT_ONCE = 10_000;

  @TempDir Path folder;

  @Test
  void isExaminedInASmallHeap(LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, FirewallBackEnd.IPTABLES_NFT);
    lab.onProxy("iptables-restore --noflush " + file("portals", PORTALS));
    for (int n = 0; n < SERVICES; n += SERVICES_AT_ONCE) {
      lab.onProxy("iptables-restore --noflush " + file("services", services(n)));
    }
    lab.onProxy("nft -f " + file("blocklist", BLOCKLIST));
    for (int n = 0; n < BLOCKED; n += BLOCKED_AT_ONCE) {
      lab.onProxy("nft -f " + file("blocked", blocked(n)));
    }
    lab.onProxy("ip -batch " + file("routes", routes()));
    assertEquals(
        List.of(), lab.examineIn(Depth.LOOK, "env", "JAVA_TOOL_OPTIONS=-XX:+UseSerialGC -Xmx128m"));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static final String PORTALS =
      """
      *nat
      :KUBE-SERVICES - [0:0]
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      COMMIT
      """;

  /** What kube-proxy makes of services with two pods each. */
  private static String services(int first) {
    return IntStream.range(first, first + SERVICES_AT_ONCE)
        .mapToObj(LargeHostTest::service)
        .collect(joining("", "*nat\n", "COMMIT\n"));
  }

  private static String service(int n) {
    return """
        :SVC-%1$d - [0:0]
        :SEP-%1$dA - [0:0]
        :SEP-%1$dB - [0:0]
        -A KUBE-SERVICES -d 10.96.%2$d.%3$d/32 -p tcp -m comment --comment "ns/web%1$d cluster IP" -m tcp --dport %4$d -j SVC-%1$d
        -A SVC-%1$d -m statistic --mode random --probability 0.5 -j SEP-%1$dA
        -A SVC-%1$d -j SEP-%1$dB
        -A SEP-%1$dA -p tcp -m tcp -j DNAT --to-destination 10.244.1.%3$d:80
        -A SEP-%1$dB -p tcp -m tcp -j DNAT --to-destination 10.244.2.%3$d:80
        """
        .formatted(n, n / 250, 1 + n % 250, 8000 + n % 500);
  }

  private static final String BLOCKLIST =
      """
      table inet blocklist {
      set bad { type ipv4_addr
      }
      chain in { type filter hook prerouting priority -300; ip saddr @bad drop
      }
      }
      """;

  private static String blocked(int first) {
    return IntStream.range(first, first + BLOCKED_AT_ONCE)
        .mapToObj(n -> "30.%d.%d.1".formatted(n / 256, n % 256))
        .collect(joining(", ", "add element inet blocklist bad { ", " }\n"));
  }

  /** Some of what a router learns of the Internet. */
  private static String routes() {
    return IntStream.range(0, ROUTES)
        .mapToObj(
            n ->
                "route add %d.%d.%d.0/24 dev server0 proto bird\n"
                    .formatted(40 + n / 65_536, n / 256 % 256, n % 256))
        .collect(joining());
  }
}

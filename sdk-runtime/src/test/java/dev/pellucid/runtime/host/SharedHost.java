package dev.pellucid.runtime.host;

import dev.pellucid.api.Transport;
import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.LabNetwork;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The lab's proxy as a host that has rules, routes and sysctls of other programs: a firewall, a
 * container engine and a VPN. The legacy tables that ours need are loaded already, for what has
 * been loaded once stays as an empty table.
 */
final class SharedHost {
  private static final String OTHERS =
      """
      nft -f - <<'END'
      table inet firewalld {
        chain filter_PREROUTING {
          type filter hook prerouting priority -140; policy accept;
          tcp dport 9 counter drop
        }
      }
      END
      iptables-nft -w -t nat -N DOCKER
      iptables-nft -w -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
      iptables-legacy -w -t mangle -N DOCKER
      iptables-legacy -w -t mangle -A PREROUTING -p tcp --dport 1 -j DOCKER
      iptables-legacy -w -t nat -S >/dev/null
      ip6tables-legacy -w -t mangle -S >/dev/null
      ip6tables-legacy -w -t nat -S >/dev/null
      ip rule add fwmark 0x100 table 100
      ip route add blackhole 192.0.2.0/24 table 100
      ip -6 rule add fwmark 0x100 table 100
      cd /proc/sys/net
      echo 0 >ipv4/ip_forward
      echo 0 >ipv6/conf/all/forwarding
      echo 1 >ipv4/conf/client0/forwarding
      echo 1 >ipv6/conf/client0/forwarding
      echo 0 >ipv4/conf/all/accept_redirects
      echo 1 >ipv4/conf/all/src_valid_mark
      echo 1 >ipv4/conf/client0/rp_filter
      """;

  // Traffic of neighbour discovery counts, too: counters are left out.
  private static final String STATE =
      """
      nft %s list ruleset 2>/dev/null | sed 's/counter packets [0-9]* bytes [0-9]*/counter/'
      for variant in nft legacy; do
        for command in iptables ip6tables; do
          echo "$command-$variant"
          $command-$variant-save 2>/dev/null | sed -e '/^#/d' -e 's/ \\[[0-9]*:[0-9]*\\]$//'
        done
      done
      for family in -4 -6; do
        ip $family rule
        ip $family route show table all
      done
      cd /proc/sys/net
      find . -type f -perm -u=r ! -name flush | sort | xargs grep -H '' 2>/dev/null || :
      """;

  // Stands in for a command that changes something; kills its process group at a chosen step.
  private static final String SHIM =
      """
      #!/bin/sh
      case " $* " in
        *" list "* | *" show "* | *" -C "* | *" -V "*) exec %1$s "$@" ;;
      esac
      step() {
        echo x >>"$STEPS"
        [ "$(wc -l <"$STEPS")" != "$LAST_STEP" ] || kill -9 0
      }
      step
      %1$s "$@"
      result=$?
      step
      exit $result
      """;

  private static final List<String> CHANGING =
      List.of("ip", "nft", "iptables", "iptables-restore", "ip6tables", "ip6tables-restore");

  private final LabNetwork net;
  private final FirewallBackEnd backEnd;
  private final Path folder;
  private final String path;

  SharedHost(LabNetwork net, FirewallBackEnd backEnd, Path folder) throws Exception {
    this.net = net;
    this.backEnd = backEnd;
    this.folder = folder;
    this.path = backEnd.environment().getOrDefault("PATH", "");
    shell(OTHERS);
    for (String command : CHANGING) {
      String real = shell("command -v " + command).strip();
      Path shim = folder.resolve(command);
      Files.writeString(shim, SHIM.formatted(real));
      if (!shim.toFile().setExecutable(true)) {
        throw new IOException(shim + " cannot be made executable");
      }
    }
  }

  /** Rules that use every feature of the back end. */
  static Rules rules(FirewallBackEnd backEnd) {
    List<PortRange> ports = List.of(PortRange.of(80), new PortRange(8000, 8099));
    List<Intercept> intercepts = new ArrayList<>();
    intercepts.add(Intercept.tcp("web", new InetSocketAddress("0.0.0.0", 50080), ports));
    intercepts.add(Intercept.tcp("web6", new InetSocketAddress("::", 50080), ports));
    intercepts.add(
        Intercept.udp("dns", new InetSocketAddress("0.0.0.0", 50053), ports).withLocalOutput(true));
    for (String vip : List.of("203.0.113.7", "2001:db8::7")) {
      intercepts.add(
          Intercept.foreign("vip", Transport.TCP, new InetSocketAddress(vip, 80))
              .withOnProxyDown(OnProxyDown.BYPASS));
    }
    intercepts.add(Intercept.redirect("out", new InetSocketAddress("0.0.0.0", 50081), ports));
    if (backEnd == FirewallBackEnd.NFT) {
      intercepts.add(
          Intercept.tcp("late", new InetSocketAddress("0.0.0.0", 50082), ports)
              .withOnProxyDown(OnProxyDown.RESET));
    }
    return Rules.of(intercepts);
  }

  /** Runs a script to its end. */
  List<String> run(HostScript script) throws Exception {
    return net.proxy().call(() -> script.run(backEnd.environment()));
  }

  /** Runs a shell script to its end. */
  String shell(String script) throws Exception {
    return net.proxy()
        .call(
            () -> {
              ProcessBuilder builder = HostCommand.builder("sh", "-euc", script);
              builder.environment().putAll(backEnd.environment());
              return HostCommand.finish(builder.start(), List.of(script));
            });
  }

  /**
   * Runs a script as it is printed, and kills it at a step.
   *
   * @param step two for each command that changes something: before it and after it
   * @return whether there is such a step
   */
  boolean killed(HostScript script, int step) throws Exception {
    Path file = Files.writeString(folder.resolve("script.sh"), script.text());
    Path steps = Files.writeString(folder.resolve("steps"), "");
    return net.proxy()
        .call(
            () -> {
              ProcessBuilder builder = HostCommand.builder("setsid", "sh", "-eu", file.toString());
              builder.environment().putAll(backEnd.environment());
              builder.environment().put("PATH", folder + ":" + path);
              builder.environment().put("STEPS", steps.toString());
              builder.environment().put("LAST_STEP", Integer.toString(step + 1));
              return finished(builder.start());
            });
  }

  private static boolean finished(Process process) throws IOException, InterruptedException {
    try {
      HostCommand.finish(process, List.of("the script"));
      return false;
    } catch (HostCommandException e) {
      if (e.exitCode() != 128 + 9) {
        throw e;
      }
      return true;
    }
  }

  /** All that the rules could have changed. */
  String state() throws Exception {
    return shell(STATE.formatted(""));
  }

  /** The same with the handles of nft, which every change counts up. */
  String handles() throws Exception {
    return shell(STATE.formatted("-a"));
  }
}

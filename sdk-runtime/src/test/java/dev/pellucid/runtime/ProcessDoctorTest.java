package dev.pellucid.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.HostCommandException;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the doctor finds where its process, or the kernel, cannot do what the proxy needs. */
@Lab
@Timeout(60)
class ProcessDoctorTest {
  // With noroot, root is a user like any other.
  private static final List<String> ORDINARY_USER =
      List.of("setpriv", "--securebits=+noroot", "--inh-caps=-all");

  @TempDir Path folder;

  @Test
  void noTool(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    String[] without = in("mount -t tmpfs none /usr/sbin; export PATH=/usr/bin:/bin");
    assertNothingCanBeApplied(lab, without);
    Finding finding = only(FindingType.NO_TOOL, lab.examineIn(Depth.TRY, without));
    // Nothing is installed here; what the doctor says is tested with the names of distributions.
    assertTrue(finding.cure().contains("nftables"), finding.cure());

    apply(lab, in("true"));
    assertEquals(List.of(), lab.examineIn(Depth.TRY, in("true")));
  }

  @Test
  void noIp(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    String[] without =
        in("for ip in /bin/ip /sbin/ip; do mount --bind /dev/null $(readlink -f $ip); done");
    assertNothingCanBeApplied(lab, without);
    List<Finding> findings = lab.examineIn(Depth.TRY, without);
    assertEquals(1, findings.size(), findings::toString);
    Finding finding = only(FindingType.NO_TOOL, findings);
    assertTrue(finding.cure().contains("iproute"), finding.cure());
  }

  @Test
  void anIpWithoutJson(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    Path ip = Files.createDirectory(folder.resolve("busybox")).resolve("ip");
    Files.writeString(ip, "#!/bin/sh\necho \"ip: unrecognized option '-json'\" >&2\nexit 1\n");
    assertTrue(ip.toFile().setExecutable(true));
    List<Finding> findings =
        lab.examineIn(Depth.TRY, in("export PATH=" + ip.getParent() + ":$PATH"));
    assertEquals(1, findings.size(), findings::toString);
    Finding finding = only(FindingType.NO_TOOL, findings);
    assertTrue(finding.cure().contains("iproute"), finding.cure());
  }

  // The kernel of the lab has everything: a tool that refuses as such a kernel would takes its
  // place.
  @ParameterizedTest
  @CsvSource({
    "NFT, tproxy, KERNEL_TPROXY",
    "NFT, socket, KERNEL_SOCKET",
    "IPTABLES_NFT, TPROXY, KERNEL_TPROXY",
    "IPTABLES_NFT, socket, KERNEL_SOCKET",
    "IPTABLES_LEGACY, TPROXY, KERNEL_TPROXY",
    "IPTABLES_LEGACY, socket, KERNEL_SOCKET"
  })
  void theKernelDoesNotTakeARule(
      FirewallBackEnd backEnd, String word, FindingType type, LabNetwork net) throws Exception {
    DoctorLab lab = start(net, backEnd);
    String before = lab.execute(List.of("nft", "--stateless", "list", "ruleset"));
    lab.assertClean(Depth.TRY);
    assertEquals(
        before,
        lab.execute(List.of("nft", "--stateless", "list", "ruleset")),
        "nothing is left behind");

    String[] refusing = in("export PATH=" + refusing(word) + ":$PATH");
    assertNothingCanBeApplied(lab, refusing);
    Finding finding = only(type, lab.examineIn(Depth.TRY, refusing));
    assertTrue(finding.what().contains("IPv4 and IPv6"), finding.what());
    assertTrue(finding.cure().startsWith("modprobe") || finding.cure().startsWith("#"));
    lab.assertAllFlows();
  }

  /** A folder with tools that refuse rules with a word. */
  private Path refusing(String word) throws Exception {
    Path tools = Files.createDirectory(folder.resolve("refusing"));
    for (String tool :
        List.of("nft", "iptables", "ip6tables", "iptables-restore", "ip6tables-restore")) {
      Path file = tools.resolve(tool);
      Files.writeString(
          file,
          """
          #!/bin/sh
          input=
          case "$0 $*" in *restore*|*-f*) input=$(cat) ;; esac
          case "$* $input" in *"%s "*)
            echo "Error: Could not process rule: No such file or directory" >&2
            exit 1 ;;
          esac
          PATH=${PATH#*:}
          printf '%%s\\n' "$input" | "${0##*/}" "$@"
          """
              .formatted(word));
      assertTrue(file.toFile().setExecutable(true));
    }
    return tools;
  }

  @Test
  void aContainerTakesTheCapabilityAway(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    Finding finding =
        only(
            FindingType.CAPABILITY_MISSING,
            lab.examineIn(
                Depth.LOOK,
                "setpriv",
                "--bounding-set=-net_raw,-net_admin",
                "--inh-caps=-net_raw,-net_admin"));
    assertTrue(finding.cure().contains("--cap-add NET_RAW"), finding.cure());
  }

  @Test
  void anOrdinaryUserDoesNotHaveTheCapability(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    List<Finding> findings = lab.examineIn(Depth.LOOK, ORDINARY_USER.toArray(String[]::new));
    // That it cannot see the rules either has the same cause.
    assertEquals(1, findings.size(), findings::toString);
    Finding finding = only(FindingType.CAPABILITY_MISSING, findings);
    assertTrue(finding.cure().contains("AmbientCapabilities=CAP_NET_RAW"), finding.cure());

    String flags = "--inh-caps +net_raw --ambient-caps +net_raw";
    assertTrue(finding.cure().contains(flags), finding.cure());
    List<String> cured = new ArrayList<>(List.of("setpriv", "--securebits=+noroot"));
    cured.addAll(List.of(flags.split(" ", -1)));
    assertEquals(List.of(), examined(lab.examineIn(Depth.LOOK, cured.toArray(String[]::new))));
  }

  @Test
  void javaHasFileCapabilities(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    Path home = Path.of(System.getProperty("java.home"));
    Path copy = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.copy(home.resolve("bin/java"), copy);
    for (String shared : List.of("lib", "conf")) {
      Files.createSymbolicLink(folder.resolve("jdk").resolve(shared), home.resolve(shared));
    }
    // Root does not notice: the file gives it nothing.
    List<String> version =
        List.of("unshare", "--user", "--map-user=65534", copy.toString(), "-version");
    lab.execute(version);
    lab.onProxy("setcap cap_net_raw+ep " + copy);
    assertThrows(HostCommandException.class, () -> lab.execute(version));

    String[] itsHome = {"env", "JAVA_HOME=" + folder.resolve("jdk")};
    Finding finding = only(FindingType.CAPABILITY_SETCAP, lab.examineIn(Depth.LOOK, itsHome));
    lab.onProxy(finding.cure());
    assertEquals(List.of(), lab.examineIn(Depth.LOOK, itsHome));
    lab.execute(version);
  }

  @Test
  void descriptorsRunOut(LabNetwork net) throws Exception {
    DoctorLab lab = start(net, FirewallBackEnd.NFT);
    Finding finding =
        only(FindingType.DESCRIPTORS, lab.examineIn(Depth.LOOK, "prlimit", "--nofile=4096:4096"));
    assertTrue(finding.what().contains("4096"), finding.what());
    assertEquals(List.of(), lab.examineIn(Depth.LOOK, shell(finding.cure())));
  }

  private DoctorLab start(LabNetwork net, FirewallBackEnd backEnd) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.assertAllFlows();
    return lab;
  }

  // Where the rules are in place already, there is nothing to do, and so nothing that could fail.
  private static void assertNothingCanBeApplied(DoctorLab lab, String... prefix) throws Exception {
    lab.onProxy(lab.wanted().rules().removing().text());
    assertThrows(HostCommandException.class, () -> apply(lab, prefix));
    lab.onProxy(lab.wanted().applyCommand());
  }

  private static void apply(DoctorLab lab, String... prefix) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(List.of(lab.wanted().applyCommand().split(" ", -1)));
    lab.execute(command);
  }

  /** What runs a command after a script, with mounts of its own. */
  private static String[] in(String script) {
    return shell(script, "unshare", "--mount");
  }

  private static String[] shell(String script, String... prefix) {
    List<String> command = new ArrayList<>(List.of(prefix));
    command.addAll(List.of("sh", "-euc", script + "\nexec \"$@\"", "sh"));
    return command.toArray(String[]::new);
  }

  private static Finding only(FindingType type, List<Finding> findings) {
    List<Finding> examined = examined(findings);
    assertEquals(1, examined.size(), findings::toString);
    assertEquals(type, examined.get(0).type());
    return examined.get(0);
  }

  /** What is left without that which a process with less than root's rights cannot look at. */
  private static List<Finding> examined(List<Finding> findings) {
    return findings.stream().filter(finding -> finding.type() != FindingType.CANNOT_LOOK).toList();
  }
}

package dev.pellucid.sample.loadbalancer.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What to do where ordinary users may not make user namespaces. */
final class DemoRemedy {
  private DemoRemedy() {}

  /** The message for the user. */
  static String forRefusedNamespaces(String refusal) {
    return """
    pellucid: this system does not let an ordinary user make network namespaces:
      %s
    Run the demo as root:
      sudo ./pellucid demo
    %s"""
        .formatted(refusal, permission());
  }

  private static String permission() {
    if (reads("kernel/apparmor_restrict_unprivileged_userns", "1")) {
      return "or let ordinary users do it; AppArmor forbids it, as Ubuntu has set it up since 23.10:\n"
          + "  sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    }
    if (reads("kernel/unprivileged_userns_clone", "0")) {
      return "or let ordinary users do it:\n  sudo sysctl -w kernel.unprivileged_userns_clone=1";
    }
    if (reads("user/max_user_namespaces", "0")) {
      return "or let there be user namespaces:\n  sudo sysctl -w user.max_user_namespaces=10000";
    }
    return "In a container, that takes privileges too: start it with `--privileged`, or with\n"
        + "`--cap-add NET_ADMIN --cap-add SYS_ADMIN` and a seccomp profile that allows `unshare`.";
  }

  private static boolean reads(String sysctl, String value) {
    try {
      return Files.readString(Path.of("/proc/sys", sysctl)).strip().equals(value);
    } catch (IOException e) {
      // This kernel has no such switch.
      return false;
    }
  }
}

package dev.pellucid.runtime.host.doctor.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How a distribution installs a package. */
final class Packages {
  private static final Path OS_RELEASE = Path.of("/etc/os-release");

  private Packages() {}

  /** The command that installs nft. */
  static String nft() throws IOException {
    return installing("nftables", "nftables");
  }

  /** The command that installs ip. */
  static String ip() throws IOException {
    return installing("iproute2", "iproute");
  }

  private static String installing(String name, String onFedora) throws IOException {
    List<String> release = Files.exists(OS_RELEASE) ? Files.readAllLines(OS_RELEASE) : List.of();
    return installing(release, name, onFedora);
  }

  static String installing(List<String> osRelease, String name, String onFedora) {
    Set<String> ids = new HashSet<>();
    for (String line : osRelease) {
      if (line.startsWith("ID=") || line.startsWith("ID_LIKE=")) {
        String value = line.substring(line.indexOf('=') + 1).replace("\"", "");
        ids.addAll(List.of(value.split(" ", -1)));
      }
    }
    if (ids.contains("debian")) {
      return "apt-get update && apt-get install -y " + name;
    }
    if (ids.contains("fedora") || ids.contains("rhel")) {
      return "dnf install -y " + onFedora;
    }
    return ids.contains("alpine") ? "apk add " + name : "# install the package " + name;
  }
}

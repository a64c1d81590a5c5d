package dev.pellucid.runtime.host.doctor.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The modules that the running kernel could load. */
final class KernelModules {
  private KernelModules() {}

  /** How to get what some modules bring, or an option of the kernel. */
  static String cure(List<String> modules, String option) throws IOException {
    Path index = Path.of("/lib/modules", System.getProperty("os.version"), "modules.dep");
    String load = "modprobe -a " + String.join(" ", modules);
    if (!Files.exists(index)) {
      return "# in a container, load the modules on its host: %s\n# otherwise this kernel lacks %s: install one that has it"
          .formatted(load, option);
    }
    String known = Files.readString(index);
    return known.contains("/" + modules.get(0) + ".ko")
        ? load
        : "# this kernel was built without %s: install one that has it".formatted(option);
  }
}

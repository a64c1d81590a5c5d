package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.plugin.PluginCatalog;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where this distribution keeps its plugins, and how its commands are called. */
final class Installation {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]+");

  private Installation() {}

  /** The bundled plugins, those of the given folder and those on the class path. */
  static PluginCatalog plugins(Path pluginsDir) {
    return PluginCatalog.scan(Stream.concat(bundled().stream(), Stream.of(pluginsDir)).toList());
  }

  /**
   * The shell command that applies the rules of a file. It works from any folder: it is pasted by
   * root, wherever this was printed.
   */
  static String applyCommand(Path file) {
    String launcher = home().map(home -> home + "/bin/pellucid").orElse("pellucid");
    return quoted(launcher)
        + " rules apply "
        + quoted(file.toAbsolutePath().normalize().toString());
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static Optional<Path> bundled() {
    return home().map(home -> Path.of(home, "plugins"));
  }

  /** Empty where the launcher has not set the property: in an IDE, or in a test. */
  private static Optional<String> home() {
    return Optional.ofNullable(System.getProperty("pellucid.home"));
  }
}

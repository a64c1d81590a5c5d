package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.plugin.PluginCatalog;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where this distribution keeps its plugins. */
final class Installation {
  private Installation() {}

  /** The bundled plugins, those of the given folder and those on the class path. */
  static PluginCatalog plugins(Path pluginsDir) {
    return PluginCatalog.scan(Stream.concat(bundled().stream(), Stream.of(pluginsDir)).toList());
  }

  /** Empty where the launcher has not set the property: in an IDE, or in a test. */
  private static Optional<Path> bundled() {
    return Optional.ofNullable(System.getProperty("pellucid.home"))
        .map(home -> Path.of(home, "plugins"));
  }
}

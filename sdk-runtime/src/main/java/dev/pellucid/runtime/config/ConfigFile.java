package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Parses a HOCON file, with its includes and substitutions. */
final class ConfigFile {
  private ConfigFile() {}

  static ConfigObject parse(Path file) {
    return parse(file, ConfigResolveOptions.defaults());
  }

  /** The same, where substitutions may be left that stand for nothing. */
  static ConfigObject parseUnresolved(Path file) {
    return parse(file, ConfigResolveOptions.defaults().setAllowUnresolved(true));
  }

  private static ConfigObject parse(Path file, ConfigResolveOptions resolving) {
    requireReadable(file);
    try {
      ConfigParseOptions options = ConfigParseOptions.defaults().setAllowMissing(false);
      return ConfigFactory.parseFile(file.toFile(), options).resolve(resolving).root();
    } catch (ConfigException e) {
      throw refused(Problem.of(e, file.toString(), ""));
    }
  }

  private static void requireReadable(Path file) {
    if (!Files.exists(file)) {
      throw refused(new Problem(file.toString(), "", "there is no such file"));
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw refused(new Problem(file.toString(), "", "this is not a file that can be read"));
    }
  }

  private static ConfigurationException refused(Problem problem) {
    return new ConfigurationException(List.of(problem));
  }
}

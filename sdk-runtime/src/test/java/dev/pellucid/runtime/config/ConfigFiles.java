package dev.pellucid.runtime.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configuration files for tests. */
record ConfigFiles(Path folder) {

  /** A listener that lacks nothing; more settings go in the place of {@code %s}. */
  static final String WEB =
      """
      pellucid.listeners.web {
        address = "0.0.0.0:50080"
        intercept.ports = [80]
        upstream.pool = [{ address = "10.2.0.2:80" }]
        %s
      }
      """;

  Path write(String text) {
    try {
      return Files.writeString(folder.resolve("web.conf"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ProxyConfig load(String text) {
    return ProxyConfig.load(write(text));
  }

  /** The one listener of a file, with these settings at line 5 of it. */
  ListenerConfig web(String settings) {
    return load(WEB.formatted(settings)).listeners().get(0);
  }

  /** The problems of a file, as lines that begin with the line number. */
  List<String> problems(String text) {
    Path file = write(text);
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> ProxyConfig.load(file));
    return refused.problems().stream()
        .map(problem -> problem.toString().replace(file + ":", ""))
        .toList();
  }

  List<String> webProblems(String settings) {
    return problems(WEB.formatted(settings));
  }
}

package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.ProxyPlugin;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The jars of one plugin: those that declare it, and the libraries it brings.
 *
 * @param place the jar, or the folder they are in
 * @param jars at least one
 */
record PluginJars(Path place, List<PluginJar> jars) {

  /**
   * Reads what can be known without loading a class.
   *
   * @throws PluginException if any of the jars cannot be read; it names all that cannot
   */
  static PluginJars read(PluginFolder.Entry plugin) {
    List<PluginJar> jars = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (Path path : plugin.jars()) {
      try {
        jars.add(PluginJar.read(path));
      } catch (IOException e) {
        problems.add(
            "plugin %s cannot be read: %s: copy it here again".formatted(path, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new PluginException(problems);
    }
    return new PluginJars(plugin.place(), List.copyOf(jars));
  }

  /**
   * Throws a {@link PluginException} if no class may be loaded from here, with all there is to say.
   */
  void requireLoadable() {
    List<String> problems =
        new ArrayList<>(jars.stream().flatMap(jar -> jar.problems().stream()).toList());
    if (jars.stream().noneMatch(PluginJar::declaresPlugin)) {
      problems.add(
          "plugin %s has no provider: no jar there names one in %s; add that file to the plugin's jar, or move a library into the folder of the plugin that needs it"
              .formatted(place, PluginJar.PROVIDERS));
    }
    if (!problems.isEmpty()) {
      throw new PluginException(problems);
    }
  }

  /** The last part of its path. */
  String name() {
    return String.valueOf(place.getFileName());
  }

  /** Where its libraries belong. A jar that lies in the plugin folder itself has none yet. */
  String folder() {
    String path = place.toString();
    return path.endsWith(".jar")
        ? "a new folder %s, together with %s".formatted(path.replaceFirst("\\.jar$", ""), name())
        : path;
  }

  URL[] urls() {
    return jars.stream().map(PluginJar::url).toArray(URL[]::new);
  }

  /** The jar that a provider was loaded from. */
  Optional<PluginJar> jarOf(ProxyPlugin provider) {
    @Nullable CodeSource source = provider.getClass().getProtectionDomain().getCodeSource();
    return Optional.ofNullable(source)
        .map(CodeSource::getLocation)
        .map(URL::toString)
        .flatMap(url -> jars.stream().filter(jar -> jar.url().toString().equals(url)).findFirst());
  }

  /** The paths of the jars that declare plugins. */
  @Override
  public String toString() {
    return jars.stream()
        .filter(PluginJar::declaresPlugin)
        .map(jar -> jar.path().toString())
        .collect(Collectors.joining(":"));
  }
}

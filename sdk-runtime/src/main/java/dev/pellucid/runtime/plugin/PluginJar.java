package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.ApiVersion;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;

/**
 * A jar of a plugin, as far as it can be judged without loading a class of it.
 *
 * @param path where it is
 * @param declaresPlugin whether it names a service provider; the jars a plugin depends on do not
 * @param classes the files of its classes
 * @param apiVersion what its manifest says
 * @param version the plugin's own version, or {@code -}
 */
record PluginJar(
    Path path,
    boolean declaresPlugin,
    Set<String> classes,
    Optional<String> apiVersion,
    String version) {

  static final String PROVIDERS = "META-INF/services/" + ProxyPlugin.class.getName();
  private static final String API_FOLDER = "dev/pellucid/api/";

  static PluginJar read(Path path) throws IOException {
    try (JarFile jar = new JarFile(path.toFile())) {
      Attributes attributes =
          Optional.ofNullable(jar.getManifest()).orElseGet(Manifest::new).getMainAttributes();
      return new PluginJar(
          path,
          jar.getEntry(PROVIDERS) != null,
          classes(jar),
          Optional.ofNullable(attributes.getValue(ApiVersion.MANIFEST_ATTRIBUTE)),
          Optional.ofNullable(attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
              .orElse("-"));
    }
  }

  private static Set<String> classes(JarFile jar) {
    return jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith(".class"))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Why no class of this jar may be loaded, one line each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    bundledApi().ifPresent(problems::add);
    if (declaresPlugin) {
      wrongApi().ifPresent(problems::add);
    }
    return problems;
  }

  boolean contains(String classFile) {
    return classes.contains(classFile);
  }

  URL url() {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError("file URLs are always known", e);
    }
  }

  private Optional<String> bundledApi() {
    return classes.stream()
        .filter(name -> name.startsWith(API_FOLDER))
        .min(String::compareTo)
        .map(
            name ->
                "plugin %s bundles the plugin API (%s), which has to come from the host: give the dependency pellucid-sdk-api the scope 'provided', and leave its jar out of the plugin's folder"
                    .formatted(path, name));
  }

  private Optional<String> wrongApi() {
    return apiVersion.isPresent()
        ? wrongApi(apiVersion.get().strip())
        : Optional.of(
            "plugin %s does not say which plugin API it was built against: its manifest needs '%s: %s' (or the version it was built against)"
                .formatted(path, ApiVersion.MANIFEST_ATTRIBUTE, ApiVersion.CURRENT));
  }

  private Optional<String> wrongApi(String text) {
    ApiVersion current = ApiVersion.CURRENT;
    ApiVersion built;
    try {
      built = ApiVersion.parse(text);
    } catch (IllegalArgumentException e) {
      return Optional.of(
          "plugin %s was built against plugin API '%s', which is no version: its manifest needs '%s: %s' (or the version it was built against)"
              .formatted(path, text, ApiVersion.MANIFEST_ATTRIBUTE, current));
    }
    if (current.runs(built)) {
      return Optional.empty();
    }
    return Optional.of(
        built.major() == current.major()
            ? "plugin %s was built against plugin API %s, newer than the one here, %s: update Pellucid, or build the plugin against %3$s"
                .formatted(path, built, current)
            : "plugin %s was built against plugin API %s, which differs too much from the one here, %s: rebuild the plugin against %3$s, or get a version of it that was"
                .formatted(path, built, current));
  }
}

package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.ApiVersion;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * A jar of a plugin, as far as it can be judged without loading a class of it.
 *
 * @param path where it is
 * @param declaresPlugin whether it names a service provider; the jars a plugin depends on do not
 * @param bundledApi a class of the API that was packed into it by mistake
 * @param apiVersion what its manifest says
 * @param version the plugin's own version, or {@code -}
 */
record PluginJar(
    Path path,
    boolean declaresPlugin,
    Optional<String> bundledApi,
    Optional<String> apiVersion,
    String version) {

  static final String PROVIDERS = "META-INF/services/" + ProxyPlugin.class.getName();
  private static final String API_FOLDER = "dev/pellucid/api/";

  static PluginJar read(Path path) {
    try (JarFile jar = new JarFile(path.toFile())) {
      Attributes attributes =
          Optional.ofNullable(jar.getManifest()).orElseGet(Manifest::new).getMainAttributes();
      return new PluginJar(
          path,
          jar.getEntry(PROVIDERS) != null,
          bundledApi(jar),
          Optional.ofNullable(attributes.getValue(ApiVersion.MANIFEST_ATTRIBUTE)),
          Optional.ofNullable(attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
              .orElse("-"));
    } catch (IOException e) {
      throw new PluginException("plugin " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Throws a {@link PluginException} if the API's classes are in this jar. */
  void requireNoApi() {
    if (bundledApi.isPresent()) {
      throw new PluginException(
          "plugin %s bundles the plugin API (%s), which has to come from the host: give the dependency pellucid-sdk-api the scope 'provided'"
              .formatted(path, bundledApi.get()));
    }
  }

  /**
   * Throws a {@link PluginException} if a plugin was built against an API unlike the running one.
   */
  void requireRunningApi() {
    String built =
        apiVersion.orElseThrow(
            () ->
                new PluginException(
                    "plugin %s does not say which plugin API it was built against: its manifest needs '%s: %s' (or the version it was built against)"
                        .formatted(path, ApiVersion.MANIFEST_ATTRIBUTE, ApiVersion.CURRENT)));
    if (!runs(built)) {
      throw new PluginException(
          "plugin %s was built against plugin API '%s', which does not run on this one, %s"
              .formatted(path, built, ApiVersion.CURRENT));
    }
  }

  URL url() {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError("file URLs are always known", e);
    }
  }

  private static boolean runs(String built) {
    try {
      return ApiVersion.CURRENT.runs(ApiVersion.parse(built.strip()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Optional<String> bundledApi(JarFile jar) {
    return jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.startsWith(API_FOLDER) && name.endsWith(".class"))
        .findFirst();
  }
}

package dev.pellucid.runtime.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads the classes of one plugin. The packages that a plugin shares with the host come from the
 * host and from nowhere else; of everything else, a plugin sees the JDK and its own jars only.
 */
final class PluginClassLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final List<String> HOST_PACKAGES =
      List.of(
          "dev.pellucid.api.",
          "org.apache.pekko.",
          "scala.",
          "com.typesafe.config.",
          "org.reactivestreams.",
          "org.slf4j.",
          "org.jspecify.");

  private final ClassLoader host;

  PluginClassLoader(String plugin, List<URL> jars, ClassLoader host) {
    super(plugin, jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return HOST_PACKAGES.stream().anyMatch(name::startsWith)
        ? host.loadClass(name)
        : super.loadClass(name, resolve);
  }
}

package dev.pellucid.runtime.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes and resources of one plugin. Those in the packages that a plugin shares with
 * the host come from the host and from nowhere else; of everything else, service files included, a
 * plugin sees the JDK and its own jars only.
 */
final class PluginClassLoader extends URLClassLoader {
  static {
    registerAsParallelCapable();
  }

  /** The packages that come from the host, with their subpackages. */
  static final List<String> HOST_PACKAGES =
      List.of(
          "dev.pellucid.api",
          "org.apache.pekko",
          "scala",
          "com.typesafe.config",
          "org.reactivestreams",
          "org.slf4j",
          "org.jspecify");

  private static final List<String> HOST_FOLDERS =
      HOST_PACKAGES.stream().map(name -> name.replace('.', '/') + "/").toList();

  private final PluginJars plugin;
  private final ClassLoader host;
  private final MissingClass missing;

  PluginClassLoader(PluginJars plugin, ClassLoader host, MissingClass missing) {
    super(plugin.name(), plugin.urls(), ClassLoader.getPlatformClassLoader());
    this.plugin = plugin;
    this.host = host;
    this.missing = missing;
  }

  /** Whether a file comes from the host; its path has slashes, as in a jar. */
  static boolean isShared(String file) {
    return HOST_FOLDERS.stream().anyMatch(file::startsWith);
  }

  @Override
  @SuppressWarnings("UnusedException") // it has the class's name as its message, and no more
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    try {
      return isShared(name.replace('.', '/'))
          ? host.loadClass(name)
          : super.loadClass(name, resolve);
    } catch (ClassNotFoundException e) {
      throw new ClassNotFoundException(missing.text(name, plugin));
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    return isShared(name) ? host.getResource(name) : super.getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return isShared(name) ? host.getResources(name) : super.getResources(name);
  }
}

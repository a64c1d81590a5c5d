package dev.pellucid.runtime.plugin;

import java.util.List;
import java.util.Optional;

/**
 * Knows why a plugin does not find a class, and what to do about it.
 *
 * @param host what has the host's classes
 * @param installed the jars of all plugins
 */
record MissingClass(ClassLoader host, List<PluginJar> installed) {

  /** The class's name and the reason. Never reads a plugin's jar. */
  String text(String name, PluginJars plugin) {
    return name + ", " + reason(name.replace('.', '/') + ".class", plugin);
  }

  private String reason(String file, PluginJars plugin) {
    if (PluginClassLoader.isShared(file)) {
      return "which would have to come from the host, as all of "
          + String.join(", ", PluginClassLoader.HOST_PACKAGES)
          + ", and the host does not have it: do without, or relocate it into a package of the plugin";
    }
    Optional<PluginJar> other = installed.stream().filter(jar -> jar.contains(file)).findFirst();
    if (other.isPresent()) {
      return "which is in %s, a jar of another plugin: copy that jar into %s"
          .formatted(other.get().path(), plugin.folder());
    }
    if (host.getResource(file) != null) {
      return "which is a class of the host that plugins do not see: use the plugin API in its place, or put the library's jar into "
          + plugin.folder();
    }
    return "which no jar of this plugin has: put the jar that has it into " + plugin.folder();
  }
}

package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.ProxyPlugin;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns jars, or the class path, into plugins. Every failure is a {@link PluginException}. */
final class PluginLoader {
  private final ClassLoader host;

  PluginLoader(ClassLoader host) {
    this.host = host;
  }

  /** The plugins on the host's class path; they were compiled with it, so nothing is checked. */
  List<InstalledPlugin<?>> fromClassPath() {
    return guarded(host, "the plugins of the class path", () -> installed(host, List.of()));
  }

  /** The plugin that consists of these jars. */
  List<InstalledPlugin<?>> fromJars(List<Path> paths) {
    List<PluginJar> jars = paths.stream().map(PluginJar::read).toList();
    jars.forEach(PluginJar::requireNoApi);
    jars.stream().filter(PluginJar::declaresPlugin).forEach(PluginJar::requireRunningApi);

    String name = paths.get(0).getFileName().toString();
    List<URL> urls = jars.stream().map(PluginJar::url).toList();
    // Never closed: plugins are loaded once and stay.
    ClassLoader loader = new PluginClassLoader(name, urls, host);
    List<InstalledPlugin<?>> plugins =
        guarded(loader, "plugin " + text(paths), () -> installed(loader, jars));
    if (plugins.isEmpty()) {
      throw new PluginException(
          "no plugin in %s: no jar there names one in %s"
              .formatted(text(paths), PluginJar.PROVIDERS));
    }
    return plugins;
  }

  private static List<InstalledPlugin<?>> installed(ClassLoader loader, List<PluginJar> jars) {
    List<InstalledPlugin<?>> installed = new ArrayList<>();
    for (ProxyPlugin plugin : ServiceLoader.load(ProxyPlugin.class, loader)) {
      Optional<PluginJar> jar = jarOf(plugin, jars);
      String version = jar.map(PluginJar::version).orElseGet(() -> packageVersion(plugin));
      String location = jar.map(found -> found.path().toString()).orElse("class path");
      PluginKind.ALL.stream()
          .flatMap(kind -> ofKind(kind, plugin, version, location))
          .forEach(installed::add);
    }
    return installed;
  }

  private static <T> Stream<InstalledPlugin<T>> ofKind(
      PluginKind<T> kind, ProxyPlugin plugin, String version, String location) {
    return kind.factories(plugin).stream()
        .map(factory -> InstalledPlugin.of(kind, factory, version, location));
  }

  private static Optional<PluginJar> jarOf(ProxyPlugin plugin, List<PluginJar> jars) {
    @Nullable CodeSource source = plugin.getClass().getProtectionDomain().getCodeSource();
    return Optional.ofNullable(source)
        .map(CodeSource::getLocation)
        .map(URL::toString)
        .flatMap(url -> jars.stream().filter(jar -> jar.url().toString().equals(url)).findFirst());
  }

  private static String packageVersion(ProxyPlugin plugin) {
    return Optional.ofNullable(plugin.getClass().getPackage().getImplementationVersion())
        .orElse("-");
  }

  /** A plugin's own code runs here, so anything may be thrown. */
  private static <T> T guarded(ClassLoader loader, String what, Supplier<T> call) {
    try {
      return ContextClassLoader.with(loader, call);
    } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
      throw new PluginException(what + " cannot be loaded: " + reason(e), e);
    }
  }

  /** The loader's own message seldom says why; the first cause does. */
  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure.toString() : reason(cause);
  }

  private static String text(List<Path> paths) {
    return String.join(":", paths.stream().map(Path::toString).toList());
  }
}

package dev.pellucid.runtime.plugin;

import dev.pellucid.api.plugin.ProxyPlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Turns jars, or the class path, into plugins. Every failure is a {@link PluginException}. */
final class PluginLoader {
  private final ClassLoader host;
  private final MissingClass missing;

  PluginLoader(ClassLoader host, MissingClass missing) {
    this.host = host;
    this.missing = missing;
  }

  /** The plugins on the host's class path; they were compiled with it, so nothing is checked. */
  List<InstalledPlugin<?>> fromClassPath() {
    return guarded(
        host,
        "the plugins of the class path",
        () ->
            providers(host).stream()
                .flatMap(provider -> installed(provider, packageVersion(provider), "class path"))
                .toList());
  }

  /** What the plugin that consists of these jars brings. */
  List<InstalledPlugin<?>> fromJars(PluginJars jars) {
    jars.requireLoadable();
    // Never closed: plugins are loaded once and stay.
    ClassLoader loader = new PluginClassLoader(jars, host, missing);
    List<InstalledPlugin<?>> plugins =
        guarded(
            loader,
            "plugin " + jars,
            () ->
                providers(loader).stream().flatMap(provider -> installed(provider, jars)).toList());
    if (plugins.isEmpty()) {
      throw new PluginException(
          List.of(
              "plugin %s brings nothing: %s has to name a class there that overrides a method of ProxyPlugin"
                  .formatted(jars, PluginJar.PROVIDERS)));
    }
    return plugins;
  }

  private static List<ProxyPlugin> providers(ClassLoader loader) {
    List<ProxyPlugin> providers = new ArrayList<>();
    ServiceLoader.load(ProxyPlugin.class, loader).forEach(providers::add);
    return providers;
  }

  private static Stream<InstalledPlugin<?>> installed(ProxyPlugin provider, PluginJars jars) {
    Optional<PluginJar> jar = jars.jarOf(provider);
    return installed(
        provider,
        jar.map(PluginJar::version).orElse("-"),
        jar.map(found -> found.path().toString()).orElseGet(jars::toString));
  }

  private static Stream<InstalledPlugin<?>> installed(
      ProxyPlugin provider, String version, String location) {
    return PluginKind.ALL.stream().flatMap(kind -> ofKind(kind, provider, version, location));
  }

  private static <T> Stream<InstalledPlugin<T>> ofKind(
      PluginKind<T> kind, ProxyPlugin provider, String version, String location) {
    return kind.factories(provider).stream()
        .map(factory -> InstalledPlugin.of(kind, factory, version, location));
  }

  private static String packageVersion(ProxyPlugin provider) {
    return Optional.ofNullable(provider.getClass().getPackage().getImplementationVersion())
        .orElse("-");
  }

  /** A plugin's own code runs here, so anything may be thrown. */
  private static <T> T guarded(ClassLoader loader, String what, Supplier<T> call) {
    try (ContextClassLoader context = ContextClassLoader.of(loader)) {
      return call.get();
    } catch (Exception | Error e) {
      throw new PluginException(what + " cannot be loaded: " + PluginFailure.text(e, loader), e);
    }
  }
}

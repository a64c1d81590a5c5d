package dev.pellucid.runtime.plugin;

import java.lang.reflect.InvocationTargetException;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a plugin's own code threw, as one line that says what to do. */
final class PluginFailure {
  private PluginFailure() {}

  static String text(Throwable failure, @Nullable ClassLoader plugin) {
    Throwable thrown = unwrapped(failure);
    if (thrown instanceof ClassNotFoundException) {
      return line(thrown); // PluginClassLoader's own, which says what to do
    }
    if (thrown instanceof ServiceConfigurationError) {
      return line(thrown)
          + "; each class in "
          + PluginJar.PROVIDERS
          + " has to be public, implement ProxyPlugin and have a public constructor without parameters";
    }
    return line(thrown)
        + place(thrown, plugin)
        + "; this is an error in the plugin: use a version of it that works, or remove the jar";
  }

  /** Without what the JDK wraps around exceptions: the wrapper seldom says why. */
  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    boolean wrapper =
        failure instanceof ServiceConfigurationError
            || failure instanceof LinkageError
            || failure instanceof InvocationTargetException
            || failure instanceof TypeNotPresentException;
    return wrapper && cause != null ? unwrapped(cause) : failure;
  }

  /** Where in the plugin it was thrown. */
  private static String place(Throwable thrown, @Nullable ClassLoader plugin) {
    return plugin instanceof PluginClassLoader
        ? Stream.of(thrown.getStackTrace())
            .filter(frame -> Objects.equals(frame.getClassLoaderName(), plugin.getName()))
            .findFirst()
            .map(frame -> ", at " + frame)
            .orElse("")
        : "";
  }

  private static String line(Throwable thrown) {
    return thrown.toString().replaceAll("\\s+", " ");
  }
}

package dev.pellucid.runtime.plugin;

import org.jspecify.annotations.Nullable;

/**
 * The context class loader of the current thread, for as long as plugin code runs on it: libraries
 * inside a plugin look for classes and resources through it. Closed on the same thread.
 */
public final class ContextClassLoader implements AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final @Nullable ClassLoader before = thread.getContextClassLoader();

  private ContextClassLoader(@Nullable ClassLoader loader) {
    thread.setContextClassLoader(loader);
  }

  /** Sets the class loader of a plugin's object. */
  public static ContextClassLoader of(Object plugin) {
    return of(plugin.getClass().getClassLoader());
  }

  static ContextClassLoader of(@Nullable ClassLoader loader) {
    return new ContextClassLoader(loader);
  }

  /** Sets the one that was there before. */
  @Override
  public void close() {
    thread.setContextClassLoader(before);
  }
}

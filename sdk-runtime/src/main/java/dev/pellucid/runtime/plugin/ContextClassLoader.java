package dev.pellucid.runtime.plugin;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Libraries inside a plugin look for classes and resources through the thread's context. */
final class ContextClassLoader {
  private ContextClassLoader() {}

  static <T> T with(@Nullable ClassLoader loader, Supplier<T> call) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return call.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}

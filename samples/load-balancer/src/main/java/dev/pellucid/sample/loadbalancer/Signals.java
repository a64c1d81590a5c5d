package dev.pellucid.sample.loadbalancer;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Takes the signals that ask a process to end. A JVM's shutdown hook runs once and cannot see a
 * second signal; {@code sun.misc.Signal} can, and every JVM has it, but the compiler warns of it,
 * so it is called through reflection.
 */
final class Signals {
  private Signals() {}

  /** Has an action run, on a thread of its own, for each SIGTERM and each SIGINT (Ctrl-C). */
  static void onTermination(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> handle(method, arguments, action));
      for (String name : new String[] {"TERM", "INT"}) {
        Object taken = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, taken, proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not let signals be handled", e);
    }
  }

  private static @Nullable Object handle(Method method, Object[] arguments, Runnable action)
      throws ReflectiveOperationException {
    if (!method.getName().equals("handle")) {
      // What every object has: toString and the like.
      return method.invoke(action, arguments);
    }
    action.run();
    return null;
  }
}

package dev.pellucid.runtime;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes objects whose class is not the host's, as it is with plugins. */
public final class OtherClassLoader extends ClassLoader {
  private final List<ClassLoader> contexts = new CopyOnWriteArrayList<>();

  /** Finds what the tests find. */
  public OtherClassLoader() {
    super(OtherClassLoader.class.getClassLoader());
  }

  /** An object that does nothing but write down the context class loader of its callers. */
  public <T> T make(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            this,
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              contexts.add(Thread.currentThread().getContextClassLoader());
              return null;
            }));
  }

  /** The context class loader at each call. */
  public List<ClassLoader> contexts() {
    return contexts;
  }
}

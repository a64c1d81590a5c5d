package dev.pellucid.runtime.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of a loop, by descriptor number. Numbers are reused as soon as a descriptor is
 * closed, possibly while events of the old one wait in the same batch; the tag tells them apart.
 */
final class Registrations {
  private @Nullable Registration[] byDescriptor = new @Nullable Registration[256];
  private int lastTag;
  private int size;

  /** Adds a handler and returns its tag. */
  int add(int fd, EventHandler handler) {
    if (fd >= byDescriptor.length) {
      byDescriptor = Arrays.copyOf(byDescriptor, Integer.highestOneBit(fd) << 1);
    }
    if (byDescriptor[fd] != null) {
      throw new IllegalStateException("descriptor " + fd + " is registered already");
    }
    byDescriptor[fd] = new Registration(++lastTag, handler);
    size++;
    return lastTag;
  }

  /** Puts another handler in the place of a registered descriptor's. */
  void replace(int fd, EventHandler handler) {
    Registration registration = fd < byDescriptor.length ? byDescriptor[fd] : null;
    if (registration == null) {
      throw new IllegalStateException("descriptor " + fd + " is not registered");
    }
    byDescriptor[fd] = new Registration(registration.tag(), handler);
  }

  /** Removes the handler of a descriptor, if it has one. */
  void remove(int fd) {
    if (fd < byDescriptor.length && byDescriptor[fd] != null) {
      byDescriptor[fd] = null;
      size--;
    }
  }

  /** The handler an event is for; null if its descriptor was closed in the meantime. */
  @Nullable EventHandler find(int fd, int tag) {
    Registration registration = fd < byDescriptor.length ? byDescriptor[fd] : null;
    return registration != null && registration.tag() == tag ? registration.handler() : null;
  }

  /** How many descriptors are registered. */
  int size() {
    return size;
  }
}

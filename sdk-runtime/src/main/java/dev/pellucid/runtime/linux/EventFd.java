package dev.pellucid.runtime.linux;

/** A counter that wakes an epoll wait. {@link #signal} may be called on any thread. */
public final class EventFd implements AutoCloseable {
  private final int fd;
  private final NativeMemory one = NativeMemory.allocate(8);
  private boolean open = true;

  private EventFd(int fd) {
    this.fd = fd;
    one.putLong(0, 1);
  }

  /** Creates a counter at zero. */
  public static EventFd create() throws LinuxException {
    int fd = LibC.C.eventfd(0, Descriptor.O_NONBLOCK | Descriptor.O_CLOEXEC);
    if (fd < 0) {
      throw LinuxException.last("eventfd");
    }
    return new EventFd(fd);
  }

  /** The descriptor, readable while the counter is not zero. */
  public int descriptor() {
    return fd;
  }

  /** Adds one. Does nothing after {@link #close}: the number may be another file's by then. */
  public synchronized void signal() {
    if (open) {
      Descriptor.write(fd, one.address(), 8);
    }
  }

  @Override
  public synchronized void close() {
    open = false;
    Descriptor.close(fd);
  }
}

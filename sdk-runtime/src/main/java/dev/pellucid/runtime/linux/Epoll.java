package dev.pellucid.runtime.linux;

/** An epoll instance with a buffer for its events. Used by one thread. */
public final class Epoll implements AutoCloseable {
  public static final int IN = 0x1;
  public static final int PRI = 0x2;
  public static final int OUT = 0x4;
  public static final int ERR = 0x8;
  public static final int HUP = 0x10;
  public static final int RDHUP = 0x2000;
  public static final int EDGE_TRIGGERED = 1 << 31;

  private static final int CTL_ADD = 1;
  // struct epoll_event is packed on x86-64 and naturally aligned everywhere else.
  private static final boolean PACKED = "amd64".equals(System.getProperty("os.arch"));
  private static final int EVENT_SIZE = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  private final int fd;
  private final int capacity;
  private final NativeMemory events;
  private final NativeMemory added = NativeMemory.allocate(EVENT_SIZE);

  private Epoll(int fd, int capacity) {
    this.fd = fd;
    this.capacity = capacity;
    this.events = NativeMemory.allocate(capacity * EVENT_SIZE);
  }

  /**
   * Creates an instance.
   *
   * @param capacity how many events one {@link #await} returns at most
   */
  public static Epoll create(int capacity) throws LinuxException {
    int fd = LibC.C.epoll_create1(Descriptor.O_CLOEXEC);
    if (fd < 0) {
      throw LinuxException.last("epoll_create1");
    }
    return new Epoll(fd, capacity);
  }

  /**
   * Adds a descriptor; closing the descriptor removes it.
   *
   * @param interest the events to wait for
   * @param tag comes back with each event, beside the descriptor
   */
  public void add(int descriptor, int interest, int tag) throws LinuxException {
    added.putInt(0, interest);
    added.putInt(DATA_OFFSET, descriptor);
    added.putInt(DATA_OFFSET + 4, tag);
    if (LibC.C.epoll_ctl(fd, CTL_ADD, descriptor, added.address()) != 0) {
      throw LinuxException.last("epoll_ctl");
    }
  }

  /**
   * Waits for events.
   *
   * @param timeoutMillis at most so long; 0 not at all, -1 without limit
   * @return how many events there are; 0 also when a signal interrupted the wait
   */
  public int await(int timeoutMillis) throws LinuxException {
    int n = LibC.C.epoll_wait(fd, events.address(), capacity, timeoutMillis);
    if (n < 0) {
      if (LibC.errno() == Errno.EINTR) {
        return 0;
      }
      throw LinuxException.last("epoll_wait");
    }
    return n;
  }

  /** What happened in the {@code index}-th event. */
  public int events(int index) {
    return events.getInt((long) index * EVENT_SIZE);
  }

  /** The descriptor of the {@code index}-th event. */
  public int descriptor(int index) {
    return events.getInt((long) index * EVENT_SIZE + DATA_OFFSET);
  }

  /** The tag of the {@code index}-th event. */
  public int tag(int index) {
    return events.getInt((long) index * EVENT_SIZE + DATA_OFFSET + 4);
  }

  @Override
  public void close() {
    Descriptor.close(fd);
  }
}

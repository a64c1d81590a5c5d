package dev.pellucid.runtime.loop;

import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.EventFd;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for sockets with epoll, and runs timers and tasks in between. As an
 * executor it carries a Pekko dispatcher, so that the streams on it share a thread with their
 * sockets.
 *
 * <p>Only {@link #execute}, {@link #isCurrent}, {@link #run} and {@link #close} may be called on
 * other threads. Tasks, handlers and timers that throw are logged and harm nothing else.
 */
public final class EventLoop implements Executor {
  private static final Logger log = LoggerFactory.getLogger(EventLoop.class);
  private static final int EVENTS_PER_TURN = 512;
  private static final int TASKS_PER_TURN = 1024;
  private static final int BUFFER_SIZE = 65536;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String name;
  private final Thread thread;
  private final Epoll epoll;
  private final EventFd wakeUp;
  private final TaskQueue tasks;
  private final TimerWheel timers;
  private final Registrations registrations = new Registrations();
  private final Map<Class<?>, AutoCloseable> resources = new HashMap<>();
  private final SocketCalls sockets = new SocketCalls();
  private final NativeMemory buffer = NativeMemory.allocate(BUFFER_SIZE);
  private @Nullable DatagramBatch datagrams;
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private long now = System.nanoTime();

  /** Written by the loop's thread alone. */
  private volatile boolean closing;

  /** When this turn began; 0 while the loop waits. Written by the loop's thread alone. */
  private volatile long busySince;

  private EventLoop(String name, Epoll epoll, EventFd wakeUp) {
    this.name = name;
    this.epoll = epoll;
    this.wakeUp = wakeUp;
    this.tasks = new TaskQueue(wakeUp);
    this.timers = new TimerWheel(now, this::fire);
    this.thread = new LoopThread(this, name, this::loop);
  }

  /**
   * Starts a loop on a new daemon thread. The thread, and with it every socket opened on the loop,
   * is in the network namespace of the calling thread.
   *
   * @param name the thread's name
   * @throws LinuxException if no descriptor is left
   */
  public static EventLoop start(String name) throws LinuxException {
    EventFd wakeUp = EventFd.create();
    EventLoop loop;
    try {
      loop = new EventLoop(name, Epoll.create(EVENTS_PER_TURN), wakeUp);
    } catch (LinuxException e) {
      wakeUp.close();
      throw e;
    }
    // Edge-triggered: every signal is an event of its own, so the counter is never read.
    loop.register(loop.wakeUp.descriptor(), Epoll.IN, events -> {});
    loop.thread.start();
    return loop;
  }

  /** Whether the calling thread is this loop's. */
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs a task soon, in the order of submission among the tasks of one thread.
   *
   * @throws RejectedExecutionException if the loop was closed
   */
  @Override
  public void execute(Runnable task) {
    if (isCurrent()) {
      tasks.addLocal(task);
      return;
    }
    if (closing) {
      throw new RejectedExecutionException(name + " is closed");
    }
    tasks.addRemote(task);
  }

  /**
   * Runs a task in the next turn, after the events that have come meanwhile: for what goes on as
   * long as there is something to do, and must not keep others from having their turn. Called on
   * the loop.
   */
  public void executeNextTurn(Runnable task) {
    tasks.addForNextTurn(task);
  }

  /** Runs a task on the loop: at once if the caller is on it, soon otherwise. */
  public void run(Runnable task) {
    if (isCurrent()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** The time at which this turn of the loop began, in the terms of {@link System#nanoTime}. */
  public long now() {
    return now;
  }

  /** The socket calls of this loop. */
  public SocketCalls sockets() {
    return sockets;
  }

  /** Scratch memory of 64 KiB; what is in it is lost when the caller returns to the loop. */
  public NativeMemory buffer() {
    return buffer;
  }

  /** Scratch memory for datagrams; what is in it is lost when the caller returns to the loop. */
  public DatagramBatch datagrams() {
    // Two megabytes, which a proxy for TCP alone does not need.
    if (datagrams == null) {
      datagrams = new DatagramBatch();
    }
    return datagrams;
  }

  /**
   * Something that exists once per loop. It is made at the first call and closed with the loop.
   *
   * @param type what it is
   * @param create makes it
   */
  public <T extends AutoCloseable> T resource(Class<T> type, Function<EventLoop, T> create) {
    return type.cast(resources.computeIfAbsent(type, missing -> create.apply(this)));
  }

  /**
   * Starts to deliver the events of a descriptor, edge-triggered, until {@link #forget} is called.
   *
   * @param interest a set of {@link Epoll}'s bits
   * @throws LinuxException if the kernel refuses the descriptor; nothing is registered then
   */
  public void register(int fd, int interest, EventHandler handler) throws LinuxException {
    int tag = registrations.add(fd, handler);
    try {
      epoll.add(fd, interest | Epoll.EDGE_TRIGGERED, tag);
    } catch (LinuxException e) {
      registrations.remove(fd);
      throw e;
    }
  }

  /**
   * Delivers the events of a registered descriptor to another handler from now on. What the former
   * one was told is not told again.
   *
   * @throws IllegalStateException if the descriptor is not registered
   */
  public void replaceHandler(int fd, EventHandler handler) {
    registrations.replace(fd, handler);
  }

  /**
   * Stops delivering the events of a descriptor, even those that wait already. The caller closes it
   * next, and so takes it from the kernel's list as well.
   */
  public void forget(int fd) {
    registrations.remove(fd);
  }

  /** Forgets a descriptor and closes it. */
  public void forgetAndClose(int fd) {
    forget(fd);
    Descriptor.close(fd);
  }

  /** When the current turn began, in the terms of {@link System#nanoTime}; 0 while it waits. */
  long busySince() {
    return busySince;
  }

  /** What the loop's thread is doing. */
  StackTraceElement[] stackTrace() {
    return thread.getStackTrace();
  }

  /** How many descriptors are registered, other than the loop's own. */
  public int registered() {
    return registrations.size() - 1;
  }

  /** How many timers are scheduled. */
  public int timers() {
    return timers.size();
  }

  /** Schedules a task in so many nanoseconds; it runs up to about 10 ms late, never early. */
  public Timer schedule(long delayNanos, Runnable task) {
    Timer timer = new Timer(task);
    reschedule(timer, delayNanos);
    return timer;
  }

  /** Schedules a timer anew, whether or not it has fired. */
  public void reschedule(Timer timer, long delayNanos) {
    timers.schedule(timer, now + delayNanos);
  }

  /** Takes a timer back, if it has not fired. */
  public void cancel(Timer timer) {
    timers.cancel(timer);
  }

  /**
   * Ends the loop after the tasks that are queued now; its resources are closed, and later tasks
   * rejected.
   *
   * @return completes when the thread has ended its work
   */
  public CompletionStage<Void> close() {
    try {
      execute(() -> closing = true);
    } catch (RejectedExecutionException e) {
      log.debug("{} was closed before", name);
    }
    return closed;
  }

  private void loop() {
    try {
      while (!closing) {
        turn();
      }
      runRest();
    } catch (LinuxException e) {
      log.error("{} cannot wait for events and ends", name, e);
      closing = true;
    } finally {
      closeResources();
    }
  }

  private void turn() throws LinuxException {
    busySince = 0;
    int ready = await();
    tasks.beginTurn();
    now = System.nanoTime();
    busySince = now;
    for (int i = 0; i < ready; i++) {
      EventHandler handler = registrations.find(epoll.descriptor(i), epoll.tag(i));
      if (handler != null) {
        deliver(handler, epoll.events(i));
      }
    }
    timers.expire(now);
    runTasks();
  }

  private int await() throws LinuxException {
    if (!tasks.prepareToSleep()) {
      return epoll.await(0);
    }
    try {
      return epoll.await(millisToNextTimer());
    } finally {
      tasks.wokeUp();
    }
  }

  private int millisToNextTimer() {
    long nanos = timers.nanosToNext(System.nanoTime());
    return nanos < 0 ? -1 : (int) (nanos / NANOS_PER_MILLI) + 1;
  }

  private void runTasks() {
    for (int i = 0; i < TASKS_PER_TURN; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      runSafely(task);
    }
  }

  /** Twice as many: the two queues take turns, and one may be refilled all the time. */
  private void runRest() {
    for (int turns = 2 * tasks.size() / TASKS_PER_TURN + 1; turns > 0; turns--) {
      runTasks();
    }
  }

  private void fire(Timer timer) {
    runSafely(timer.task);
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      log.error("a task of {} failed", name, e);
    }
  }

  private void deliver(EventHandler handler, int events) {
    try {
      handler.onEvents(events);
    } catch (Throwable e) {
      log.error("an event handler of {} failed", name, e);
    }
  }

  private void closeResources() {
    for (AutoCloseable resource : resources.values()) {
      closeSafely(resource);
    }
    epoll.close();
    wakeUp.close();
    closed.complete(null);
  }

  private void closeSafely(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      log.error("closing {} of {} failed", resource, name, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** The loop of the calling thread; null on any other thread. */
  public static @Nullable EventLoop current() {
    return Thread.currentThread() instanceof LoopThread t ? t.loop : null;
  }
}

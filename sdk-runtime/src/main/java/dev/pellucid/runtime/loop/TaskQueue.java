package dev.pellucid.runtime.loop;

import dev.pellucid.runtime.linux.EventFd;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of an event loop. The loop's own thread adds to a plain queue; other threads add to a
 * concurrent one and wake the loop only if it sleeps.
 */
final class TaskQueue {
  private final ArrayDeque<Runnable> local = new ArrayDeque<>();
  private final ArrayDeque<Runnable> nextTurn = new ArrayDeque<>();
  private final Queue<Runnable> remote = new ConcurrentLinkedQueue<>();
  private final EventFd wakeUp;
  private boolean remoteFirst;

  /** True while the loop waits for events, or is about to: only then a signal is needed. */
  private volatile boolean sleeping;

  TaskQueue(EventFd wakeUp) {
    this.wakeUp = wakeUp;
  }

  /** Adds a task on the loop's thread. */
  void addLocal(Runnable task) {
    local.add(task);
  }

  /** Adds a task on the loop's thread that waits for {@link #beginTurn}. */
  void addForNextTurn(Runnable task) {
    nextTurn.add(task);
  }

  /** The tasks that have waited for this turn are ready. */
  void beginTurn() {
    local.addAll(nextTurn);
    nextTurn.clear();
  }

  /** Adds a task on any other thread. */
  void addRemote(Runnable task) {
    remote.add(task);
    if (sleeping) {
      // One waker is enough; should two see the flag, the second signal is harmless.
      sleeping = false;
      wakeUp.signal();
    }
  }

  /**
   * Announces that the loop is going to wait.
   *
   * @return whether it may: there is no task
   */
  boolean prepareToSleep() {
    if (!local.isEmpty() || !nextTurn.isEmpty()) {
      return false;
    }
    // The flag is set before the queue is looked at, and a waker adds before it looks at the flag:
    // one of the two sees the other.
    sleeping = true;
    if (remote.isEmpty()) {
      return true;
    }
    sleeping = false;
    return false;
  }

  /** Announces that the wait is over. */
  void wokeUp() {
    if (sleeping) {
      sleeping = false;
    }
  }

  /** How many tasks there are. */
  int size() {
    return local.size() + remote.size();
  }

  /** The next task, or null. The two queues take turns, so that neither starves the other. */
  @Nullable Runnable poll() {
    remoteFirst = !remoteFirst;
    Runnable task = remoteFirst ? remote.poll() : local.poll();
    if (task != null) {
      return task;
    }
    return remoteFirst ? local.poll() : remote.poll();
  }
}

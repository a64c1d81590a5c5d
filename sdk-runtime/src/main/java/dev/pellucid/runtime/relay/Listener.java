package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket on a loop, and the connections that came by it. */
public abstract class Listener {
  private static final Logger log = LoggerFactory.getLogger(Listener.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ListenerGroup group;
  final EventLoop loop;
  final int fd;
  private final InetSocketAddress address;
  private final Runnable onReadable;
  private boolean paused;
  private boolean starved;

  Listener(
      ListenerGroup group, EventLoop loop, int fd, InetSocketAddress address, Runnable onReadable) {
    this.group = group;
    this.loop = loop;
    this.fd = fd;
    this.address = address;
    this.onReadable = onReadable;
  }

  ListenerGroup group() {
    return group;
  }

  /** Where this listener listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Takes the next connection. If there is none, if the limit is reached or if no descriptor is
   * left, it returns null and {@code onReadable} runs when it is worth another try.
   */
  public abstract @Nullable AcceptedConnection accept();

  /** The connections that are not over. */
  abstract Collection<? extends AcceptedConnection> open();

  /**
   * Takes no further connections; those that are open go on.
   *
   * @param onClosed run once, on the loop, when the address is free
   */
  public abstract void close(Runnable onClosed);

  /** Ends the connections of this listener with resets. */
  public void abortConnections() {
    List.copyOf(open()).forEach(connection -> connection.abort(Cause.STOPPED));
  }

  /**
   * Stops accepting for a moment, because no descriptor is left. Connections wait in the kernel
   * meanwhile; it does not tell when descriptors return.
   */
  void pause() {
    if (paused) {
      return;
    }
    paused = true;
    group.counters().countPause();
    if (!starved) {
      starved = true;
      log.warn(
          "accepting on {} pauses: no file descriptor is left; raise the limit (ulimit -n)",
          address);
    }
    loop.schedule(PAUSE_NANOS, this::resume);
  }

  final boolean paused() {
    return paused;
  }

  private void resume() {
    paused = false;
    readable();
  }

  /** There may be a connection. */
  void readable() {
    onReadable.run();
  }

  /** A connection of this listener has ended. */
  void over(AcceptedConnection connection, Termination termination) {
    // First: whoever sees that the place is free sees how the connection ended, too.
    group.counters().countEnd(termination);
    group.limit().release();
    if (termination.cause() == Cause.OUT_OF_DESCRIPTORS) {
      // The next one would fare no better.
      pause();
    } else {
      starved = false;
    }
  }
}

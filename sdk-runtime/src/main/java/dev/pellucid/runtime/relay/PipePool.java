package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.Pipe;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The empty pipes of one loop. */
final class PipePool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PipePool.class);

  /** What an unprivileged process may ask for at most, by default. */
  private static final int CAPACITY = 1 << 20;

  private static final int MAX_IDLE = 64;
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final EventLoop loop;
  private final ArrayDeque<Pipe> idle = new ArrayDeque<>();
  private long unavailableUntil;

  private PipePool(EventLoop loop) {
    this.loop = loop;
    this.unavailableUntil = loop.now();
  }

  /** The pool of a loop. */
  static PipePool of(EventLoop loop) {
    return loop.resource(PipePool.class, PipePool::new);
  }

  /** An empty pipe; null if no descriptor is left, in which case bytes are copied instead. */
  @Nullable Pipe take() {
    Pipe pipe = idle.poll();
    return pipe != null ? pipe : open();
  }

  private @Nullable Pipe open() {
    if (loop.now() < unavailableUntil) {
      return null;
    }
    try {
      return Pipe.open(CAPACITY, loop.buffer());
    } catch (LinuxException e) {
      log.warn("bulk transfers are copied for now: {}", e.getMessage());
      unavailableUntil = loop.now() + RETRY_NANOS;
      return null;
    }
  }

  /** Takes a pipe back. One that holds bytes is closed: they would reach another connection. */
  void release(Pipe pipe) {
    if (pipe.held() > 0 || idle.size() >= MAX_IDLE) {
      pipe.close();
    } else {
      idle.push(pipe);
    }
  }

  @Override
  public void close() {
    idle.forEach(Pipe::close);
    idle.clear();
  }
}

package dev.pellucid.runtime.stage;

import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.relay.StreamSocket;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.SubscriptionWithCancelException.NonFailureCancellation;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves bytes between a socket and a stream, one read or write at a time and only on demand: a
 * stream that does not pull, or a peer that does not read, slows the other side.
 *
 * <p>Receiving and sending happen on the stage's thread; everything else about the socket on its
 * loop. Where that is the same thread, no hop is made.
 */
final class SocketLogic extends GraphStageLogic {
  private static final Logger log = LoggerFactory.getLogger(SocketLogic.class);
  private static final int BUFFER_SIZE = 65536;

  /** After so many reads that are discarded, others have their turn. */
  private static final int DISCARDS_PER_TURN = 16;

  private final FlowShape<ByteString, ByteString> shape;
  private final Supplier<? extends StreamSocket> opening;
  private final CompletableFuture<OpenSocket> opened = new CompletableFuture<>();

  /** Events that the loop has told and the stage has not handled. */
  private final AtomicInteger told = new AtomicInteger();

  private final AsyncCallback<Done> onTold = createAsyncCallback(done -> handle());
  private final AsyncCallback<OpenSocket> onConnected = createAsyncCallback(this::connected);
  private final AsyncCallback<Throwable> onFailed = createAsyncCallback(this::fail);
  private final AsyncCallback<Done> onLingered = createAsyncCallback(done -> completeStage());
  private final AsyncCallback<Cause> onStop = createAsyncCallback(this::stop);

  private @Nullable StreamSocket socket;
  private @Nullable NativeMemory buffer;
  private boolean onLoop;

  private boolean connected;
  private boolean readable;
  private boolean endReceived;
  private boolean urgent;
  private boolean failed;
  private boolean readEnded;
  private boolean cancelled;
  private boolean lingering;

  private byte @Nullable [] rest;
  private int restStart;
  private boolean full;
  private boolean writeEnded;
  private @Nullable Throwable failure;

  /**
   * A stage's logic.
   *
   * @param opening gives the socket when the stage starts, on its thread; may throw
   */
  SocketLogic(FlowShape<ByteString, ByteString> shape, Supplier<? extends StreamSocket> opening) {
    super(shape);
    this.shape = shape;
    this.opening = opening;
    setHandler(shape.in(), new Writing());
    setHandler(shape.out(), new Reading());
  }

  /** Completes when the socket is connected. */
  CompletionStage<OpenSocket> opened() {
    return opened;
  }

  private StreamSocket socket() {
    return Objects.requireNonNull(socket, "the stage has not started");
  }

  private EventLoop loop() {
    return socket().loop();
  }

  private NativeMemory buffer() {
    return Objects.requireNonNull(buffer, "the stage has not started");
  }

  @Override
  public void preStart() {
    try {
      socket = opening.get();
    } catch (IllegalStateException e) {
      fail(e);
      return;
    }
    onLoop = loop().isCurrent();
    buffer = onLoop ? loop().buffer() : NativeMemory.allocate(BUFFER_SIZE);
    loop().run(() -> socket().open(new Socket()));
  }

  /** What the loop tells; it hands everything over to the stage. */
  private final class Socket implements StreamSocket.Stream {
    @Override
    public void connected(InetSocketAddress local, InetSocketAddress remote) {
      onConnected.invoke(new OpenSocket(remote, local));
    }

    @Override
    public void onEvents(int events) {
      // A burst of events is one message to the stage.
      if (told.getAndUpdate(before -> before | events) == 0) {
        onTold.invoke(Done.getInstance());
      }
    }

    @Override
    public void failed(ConnectionException failure) {
      onFailed.invoke(failure);
    }

    @Override
    public void lingered() {
      onLingered.invoke(Done.getInstance());
    }

    @Override
    public void stop(Cause cause) {
      onStop.invoke(cause);
    }
  }

  private void connected(OpenSocket open) {
    connected = true;
    opened.complete(open);
    active();
    if (isClosed(shape.in())) {
      endWriting();
    } else {
      pull(shape.in());
    }
  }

  private void handle() {
    int events = told.getAndSet(0);
    active();
    if ((events & ~Epoll.OUT) != 0) {
      readable = true;
      failed |= (events & Epoll.ERR) != 0;
      // A reset looks like an end as well.
      endReceived |= (events & Epoll.RDHUP) != 0 && !failed;
      urgent |= (events & Epoll.PRI) != 0;
    }
    if (failed) {
      readLastWords();
      return;
    }
    read();
    if (full && (events & Epoll.OUT) != 0) {
      full = false;
      flush();
    }
  }

  private void active() {
    socket().active(onLoop ? loop().now() : System.nanoTime());
  }

  /** The kernel has reported an error; what the peer had sent before is delivered first. */
  private void readLastWords() {
    if (isAvailable(shape.out())) {
      read();
    } else if (lingering) {
      completeStage();
    } else if (isClosed(shape.out()) || !hasQueued()) {
      broken(Errno.ECONNRESET);
    }
  }

  private boolean hasQueued() {
    return SocketCalls.peek(socket().descriptor(), buffer().address(), 1) > 0;
  }

  private void read() {
    if (!readable || !connected) {
      return;
    }
    if (isAvailable(shape.out())) {
      readOnce();
    } else if (isClosed(shape.out()) && !readEnded) {
      discard();
    }
  }

  private void readOnce() {
    long n = receive();
    if (n > 0) {
      push(shape.out(), copy((int) n));
      if (ranDry(n)) {
        endReading();
      }
    } else if (n == 0) {
      endReading();
    }
  }

  /** Receives into the buffer. -1: there was nothing, or the socket is broken. */
  private long receive() {
    long n = SocketCalls.receive(socket().descriptor(), buffer().address(), BUFFER_SIZE);
    if (n > 0) {
      socket().countReceived(n);
      return n;
    }
    readable = false;
    if (n == 0 && !failed) {
      return 0;
    }
    if (n != -Errno.EAGAIN) {
      broken(n == 0 ? Errno.ECONNRESET : (int) -n);
    }
    return -1;
  }

  /**
   * Whether that was the last read. A short one means that the socket has run dry, unless it
   * stopped at urgent data; if the end of the stream had been received before, that is next.
   */
  private boolean ranDry(long n) {
    if (n == BUFFER_SIZE || urgent || failed) {
      return false;
    }
    readable = false;
    return endReceived;
  }

  private ByteString copy(int length) {
    byte[] bytes = new byte[length];
    buffer().get(0, bytes, 0, length);
    return ByteString.fromArrayUnsafe(bytes);
  }

  private void endReading() {
    readEnded = true;
    if (!isClosed(shape.out())) {
      complete(shape.out());
    } else if (lingering) {
      completeStage();
    }
  }

  /** Nobody wants what the peer sends; unread, it would turn the orderly end into a reset. */
  private void discard() {
    for (int i = 0; readable && i < DISCARDS_PER_TURN; i++) {
      long n = receive();
      if (n == 0 || (n > 0 && ranDry(n))) {
        endReading();
        return;
      }
    }
    if (readable && told.getAndUpdate(before -> before | Epoll.IN) == 0) {
      onTold.invoke(Done.getInstance());
    }
  }

  private final class Reading extends AbstractOutHandler {
    @Override
    public void onPull() {
      read();
    }

    @Override
    public void onDownstreamFinish(Throwable cause) {
      if (cause instanceof NonFailureCancellation) {
        cancelled = true;
        read();
        if (connected && writeEnded) {
          linger();
        }
      } else {
        fail(cause);
      }
    }
  }

  private final class Writing extends AbstractInHandler {
    @Override
    public void onPush() {
      rest = grab(shape.in()).toArrayUnsafe();
      restStart = 0;
      flush();
    }

    @Override
    public void onUpstreamFinish() {
      if (rest != null) {
        // The stage outlives its ports until everything is written.
        setKeepGoing(true);
      } else {
        endWriting();
      }
    }

    @Override
    public void onUpstreamFailure(Throwable cause) {
      fail(cause);
    }
  }

  private void flush() {
    while (rest != null && restStart < rest.length) {
      int length = Math.min(rest.length - restStart, BUFFER_SIZE);
      buffer().put(0, rest, restStart, length);
      long n = SocketCalls.send(socket().descriptor(), buffer().address(), length, false);
      if (n < 0 && n != -Errno.EAGAIN) {
        broken((int) -n);
        return;
      }
      restStart += (int) Math.max(0, n);
      if (n < length) {
        full = true;
        return;
      }
    }
    written();
  }

  private void written() {
    rest = null;
    if (isClosed(shape.in())) {
      endWriting();
      setKeepGoing(lingering);
    } else if (!hasBeenPulled(shape.in())) {
      pull(shape.in());
    }
  }

  private void endWriting() {
    writeEnded = true;
    if (!connected) {
      return;
    }
    if (cancelled) {
      linger();
    } else if (!readEnded) {
      loop().run(() -> socket().shutdownWrite());
    }
    // Otherwise the stage is over, and closing sends the end of the stream.
  }

  /** Both directions are done, but the peer does not know it yet and may be sending. */
  private void linger() {
    if (!readEnded && !lingering) {
      lingering = true;
      setKeepGoing(true);
      loop().run(() -> socket().linger());
    }
  }

  private void broken(int errno) {
    Cause cause = errno == Errno.ETIMEDOUT ? Cause.TIMEOUT : Cause.RESET;
    fail(
        new ConnectionException(
            "the " + name(socket().peer()) + "'s connection: " + Errno.describe(errno),
            new Termination(socket().peer(), phase(), cause)));
  }

  private static String name(Party peer) {
    return peer == Party.CLIENT ? "client" : "upstream";
  }

  private void stop(Cause cause) {
    Phase phase = cause == Cause.TIMEOUT && phase() == Phase.DATA ? Phase.IDLE : phase();
    fail(
        new ConnectionException(
            "the proxy ends the connection: " + cause.text(),
            new Termination(Party.PROXY, phase, cause)));
  }

  private void fail(Throwable cause) {
    failure = cause;
    failStage(cause);
  }

  private Phase phase() {
    if (!connected) {
      return Phase.CONNECT;
    }
    return readEnded || writeEnded ? Phase.HALF_CLOSED : Phase.DATA;
  }

  @Override
  public void postStop() {
    opened.completeExceptionally(
        failure != null
            ? failure
            : new IllegalStateException("the stream ended before it was connected"));
    if (socket != null) {
      logFailure();
      Termination termination = termination();
      boolean reset = !Termination.COMPLETED.equals(termination);
      loop().run(() -> socket().close(termination, reset));
    }
  }

  private void logFailure() {
    // Said once, though both sockets see it.
    if (failure != null
        && !(failure instanceof ConnectionException)
        && socket().peer() == Party.CLIENT) {
      log.warn("the stream of {} failed", socket(), failure);
    }
  }

  private Termination termination() {
    if (failure instanceof ConnectionException ended) {
      return ended.termination();
    }
    if (failure != null) {
      return new Termination(Party.PROXY, phase(), Cause.FAILED);
    }
    return (readEnded || cancelled) && writeEnded
        ? Termination.COMPLETED
        : new Termination(Party.PROXY, phase(), Cause.STOPPED);
  }
}

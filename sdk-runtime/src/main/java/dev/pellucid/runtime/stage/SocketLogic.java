package dev.pellucid.runtime.stage;

import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.NativeMemory;
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
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a socket's stage: it opens the socket, hands its events to {@link SocketReceiver} and
 * {@link SocketSender}, which move the bytes, and closes it in the way that the two have ended.
 *
 * <p>Receiving and sending happen on the stage's thread; everything else about the socket on its
 * loop. Where that is the same thread, no hop is made.
 */
final class SocketLogic extends GraphStageLogic {
  static final int BUFFER_SIZE = 65536;

  private static final Logger log = LoggerFactory.getLogger(SocketLogic.class);

  private final Supplier<? extends StreamSocket> opening;
  private final SocketReceiver receiver;
  private final SocketSender sender;
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
  private boolean lingering;
  private @Nullable Throwable failure;

  /**
   * A stage's logic.
   *
   * @param opening gives the socket when the stage starts, on its thread; may throw
   */
  SocketLogic(FlowShape<ByteString, ByteString> shape, Supplier<? extends StreamSocket> opening) {
    super(shape);
    this.opening = opening;
    this.receiver = new SocketReceiver(this, shape.out());
    this.sender = new SocketSender(this, shape.in());
    setHandler(shape.in(), sender);
    setHandler(shape.out(), receiver);
  }

  /** Completes when the socket is connected. */
  CompletionStage<OpenSocket> opened() {
    return opened;
  }

  StreamSocket socket() {
    return Objects.requireNonNull(socket, "the stage has not started");
  }

  /** Scratch memory; what is in it is lost when the halves return. */
  NativeMemory buffer() {
    return Objects.requireNonNull(buffer, "the stage has not started");
  }

  private EventLoop loop() {
    return socket().loop();
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
      tell(events);
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

  /** Has the stage handle events soon. A burst of them is one message. */
  void tell(int events) {
    if (told.getAndAccumulate(events, (before, more) -> before | more) == 0) {
      onTold.invoke(Done.getInstance());
    }
  }

  private void connected(OpenSocket open) {
    connected = true;
    opened.complete(open);
    active();
    sender.start();
  }

  private void handle() {
    int events = told.getAndSet(0);
    active();
    receiver.onEvents(events);
    if ((events & Epoll.OUT) != 0 && !receiver.failed()) {
      sender.onWritable();
    }
  }

  private void active() {
    socket().active(onLoop ? loop().now() : System.nanoTime());
  }

  /** The stream wants no more bytes. */
  void receivingCancelled() {
    if (connected && sender.ended()) {
      linger();
    }
  }

  /** The stream has ended, and all of it is written. */
  void sendingEnded() {
    if (!connected) {
      return;
    }
    if (receiver.cancelled()) {
      linger();
    } else if (!receiver.ended()) {
      loop().run(() -> socket().shutdownWrite());
    }
    // Otherwise the stage is over, and closing sends the end of the stream.
    setKeepGoing(lingering);
  }

  /** Both directions are done, but the peer does not know it yet and may be sending. */
  private void linger() {
    if (!receiver.ended() && !lingering) {
      lingering = true;
      setKeepGoing(true);
      loop().run(() -> socket().linger());
    }
  }

  /** Whether nothing but the peer's end of stream is waited for. */
  boolean lingering() {
    return lingering;
  }

  /** A system call has failed. */
  void broken(int errno) {
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

  /** Resets the peer, and fails whatever is still open of the stream. */
  void fail(Throwable cause) {
    failure = cause;
    failStage(cause);
  }

  private Phase phase() {
    if (!connected) {
      return Phase.CONNECT;
    }
    return receiver.ended() || sender.ended() ? Phase.HALF_CLOSED : Phase.DATA;
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
    return (receiver.ended() || receiver.cancelled()) && sender.ended()
        ? Termination.COMPLETED
        : new Termination(Party.PROXY, phase(), Cause.STOPPED);
  }
}

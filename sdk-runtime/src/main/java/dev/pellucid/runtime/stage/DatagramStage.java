package dev.pellucid.runtime.stage;

import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.relay.SessionSocket;
import dev.pellucid.runtime.relay.UdpConnection;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The datagrams of a session, one in each element: what goes in is sent to the client, what comes
 * out was received from it. What the client sends faster than the stream takes it is dropped.
 */
public final class DatagramStage extends GraphStage<FlowShape<ByteString, ByteString>> {
  private static final Logger log = LoggerFactory.getLogger(DatagramStage.class);

  /** So many datagrams wait for the stream … */
  private static final int MAX_WAITING = 64;

  /** … and so many bytes, or one datagram of any size. */
  private static final int MAX_WAITING_BYTES = 131072;

  private final Inlet<ByteString> in = Inlet.create("Datagram.in");
  private final Outlet<ByteString> out = Outlet.create("Datagram.out");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final UdpConnection connection;
  private final long idleNanos;

  private DatagramStage(UdpConnection connection, long idleNanos) {
    this.connection = connection;
    this.idleNanos = idleNanos;
  }

  /**
   * The datagrams of a client; the stage takes the session when it starts.
   *
   * @param idleNanos after so long a silence the session is over
   */
  public static Flow<ByteString, ByteString, NotUsed> flow(
      UdpConnection connection, long idleNanos) {
    return Flow.fromGraph(new DatagramStage(connection, idleNanos));
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new DatagramLogic();
  }

  private final class DatagramLogic extends GraphStageLogic implements SessionSocket.Stream {
    /** Filled by the loop, emptied by the stage. */
    private final Queue<ByteString> received = new ArrayBlockingQueue<>(MAX_WAITING);

    private final AtomicInteger receivedBytes = new AtomicInteger();
    private final AtomicBoolean notified = new AtomicBoolean();
    private final AsyncCallback<Done> onReceived = createAsyncCallback(done -> emitReceived());
    private final AsyncCallback<Done> onSent = createAsyncCallback(done -> pullNext());
    private final AsyncCallback<Done> onIdle = createAsyncCallback(done -> endIdle());
    private final AsyncCallback<Throwable> onFailed = createAsyncCallback(this::fail);
    private @Nullable SessionSocket socket;
    private @Nullable Throwable failure;
    private boolean idle;

    DatagramLogic() {
      super(shape);
      setHandler(in, new Sender());
      setHandler(out, new Receiver());
    }

    @Override
    public void preStart() {
      if (!connection.take()) {
        fail(new IllegalStateException(connection + " was taken over before, or refused"));
        return;
      }
      SessionSocket opened = new SessionSocket(connection, idleNanos);
      socket = opened;
      opened.loop().run(() -> opened.open(this));
      pull(in);
    }

    private final class Sender extends AbstractInHandler {
      @Override
      public void onPush() {
        ByteString datagram = grab(in);
        if (datagram.length() > DatagramBatch.MAX_DATAGRAM) {
          fail(new IllegalArgumentException(datagram.length() + " bytes are no datagram"));
          return;
        }
        if (socket != null) {
          send(socket, datagram);
        }
      }

      private void send(SessionSocket open, ByteString datagram) {
        if (open.loop().isCurrent()) {
          open.send(datagram);
          pullNext();
        } else {
          // The next one is asked for when this one is on its way.
          open.loop()
              .execute(
                  () -> {
                    open.send(datagram);
                    onSent.invoke(Done.getInstance());
                  });
        }
      }

      @Override
      public void onUpstreamFinish() {
        if (isClosed(out)) {
          completeStage();
        }
      }

      @Override
      public void onUpstreamFailure(Throwable cause) {
        fail(cause);
      }
    }

    private final class Receiver extends AbstractOutHandler {
      @Override
      public void onPull() {
        emitReceived();
      }

      @Override
      public void onDownstreamFinish(Throwable cause) {
        if (isClosed(in)) {
          completeStage();
        }
      }
    }

    private void emitReceived() {
      notified.set(false);
      if (isAvailable(out)) {
        ByteString datagram = received.poll();
        if (datagram != null) {
          receivedBytes.addAndGet(-datagram.length());
          push(out, datagram);
        }
      }
    }

    private void pullNext() {
      if (!isClosed(in) && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    private void endIdle() {
      idle = true;
      completeStage();
    }

    @Override
    public boolean received(ByteString datagram) {
      int length = datagram.length();
      boolean room =
          (received.isEmpty() || receivedBytes.get() + length <= MAX_WAITING_BYTES)
              && received.offer(datagram);
      if (room) {
        receivedBytes.addAndGet(length);
      }
      if (notified.compareAndSet(false, true)) {
        onReceived.invoke(Done.getInstance());
      }
      return room;
    }

    @Override
    public void idle() {
      onIdle.invoke(Done.getInstance());
    }

    @Override
    public void failed(ConnectionException failure) {
      onFailed.invoke(failure);
    }

    private void fail(Throwable cause) {
      failure = cause;
      failStage(cause);
    }

    @Override
    public void postStop() {
      if (socket != null) {
        SessionSocket open = socket;
        Termination termination = termination();
        open.loop().run(() -> open.close(termination));
      }
    }

    private Termination termination() {
      if (failure instanceof ConnectionException ended) {
        return ended.termination();
      }
      if (failure != null) {
        log.warn("the stream of {} failed", connection, failure);
        return new Termination(Party.PROXY, Phase.DATA, Cause.FAILED);
      }
      if (idle) {
        return new Termination(Party.PROXY, Phase.IDLE, Cause.TIMEOUT);
      }
      return isClosed(in) && isClosed(out)
          ? Termination.COMPLETED
          : new Termination(Party.PROXY, Phase.DATA, Cause.STOPPED);
    }
  }
}

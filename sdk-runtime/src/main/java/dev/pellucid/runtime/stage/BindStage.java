package dev.pellucid.runtime.stage;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.relay.AcceptedConnection;
import dev.pellucid.runtime.relay.Listener;
import dev.pellucid.runtime.relay.ListenerGroup;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * Emits the connections of one listener. It accepts on demand only: without demand they wait in the
 * kernel's backlog. A connection that fails to be accepted is no reason to end.
 */
public final class BindStage
    extends AbstractGraphStageWithMaterializedValue<
        SourceShape<Connection>, CompletionStage<OpenListener>> {
  private final Outlet<Connection> out = Outlet.create("Bind.out");
  private final SourceShape<Connection> shape = SourceShape.of(out);
  private final ListenerGroup group;
  private final Supplier<EventLoop> anyLoop;

  /**
   * A source of connections.
   *
   * @param group what the copies of this stage have in common
   * @param anyLoop where to listen when the stage does not itself run on a loop
   */
  public BindStage(ListenerGroup group, Supplier<EventLoop> anyLoop) {
    this.group = group;
    this.anyLoop = anyLoop;
  }

  @Override
  public SourceShape<Connection> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<OpenListener>> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    BindLogic logic = new BindLogic();
    return Pair.create(logic, logic.opened);
  }

  private final class BindLogic extends GraphStageLogic {
    private final CompletableFuture<OpenListener> opened = new CompletableFuture<>();
    private final CompletableFuture<Done> closed = new CompletableFuture<>();

    /** On its way from the loop to a stage that runs elsewhere. */
    private final AtomicReference<@Nullable AcceptedConnection> crossing = new AtomicReference<>();

    private final AsyncCallback<Done> readable = createAsyncCallback(done -> demand());
    private final AsyncCallback<Done> arrived = createAsyncCallback(done -> pushCrossed());
    private final AsyncCallback<Done> unbound = createAsyncCallback(done -> completeStage());
    private final AsyncCallback<LinuxException> failed = createAsyncCallback(this::failStage);
    // Known once the stage runs: it is assembled on the thread that starts the stream.
    private @Nullable EventLoop loop;
    private boolean onLoop;

    // Belong to the loop.
    private @Nullable Listener listener;
    private boolean waiting;
    private boolean stopped;

    BindLogic() {
      super(shape);
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              demand();
            }
          });
    }

    @Override
    public void preStart() {
      EventLoop current = EventLoop.current();
      onLoop = current != null;
      loop = current != null ? current : anyLoop.get();
      loop().run(this::open);
    }

    private EventLoop loop() {
      return Objects.requireNonNull(loop, "the stage has not started");
    }

    private void open() {
      try {
        Listener open = group.open(loop(), this::onReadable);
        listener = open;
        opened.complete(
            new OpenListener(
                open.address(), this::unbind, () -> loop().run(open::abortConnections)));
        // The first pull may have come before there was a listener.
        onReadable();
      } catch (LinuxException e) {
        opened.completeExceptionally(e);
        failed.invoke(e);
      }
    }

    private void demand() {
      if (isAvailable(out)) {
        loop().run(this::accept);
      }
    }

    /** On the loop. */
    private void accept() {
      AcceptedConnection connection = listener == null || stopped ? null : listener.accept();
      if (connection == null) {
        waiting = true;
      } else if (onLoop) {
        push(out, connection);
      } else {
        crossing.set(connection);
        arrived.invoke(Done.getInstance());
      }
    }

    /** On the loop, outside of the stream's own callbacks. */
    private void onReadable() {
      if (!waiting) {
        return;
      }
      waiting = false;
      if (onLoop) {
        readable.invoke(Done.getInstance());
      } else {
        accept();
      }
    }

    private void pushCrossed() {
      AcceptedConnection connection = crossing.getAndSet(null);
      if (connection != null) {
        push(out, connection);
      }
    }

    private CompletionStage<Done> unbind() {
      loop()
          .run(
              () -> {
                stop();
                unbound.invoke(Done.getInstance());
              });
      return closed;
    }

    private void stop() {
      stopped = true;
      if (listener != null) {
        listener.close(() -> closed.complete(Done.getInstance()));
      } else {
        closed.complete(Done.getInstance());
      }
    }

    @Override
    public void postStop() {
      opened.completeExceptionally(
          new IllegalStateException("the stream ended before it listened"));
      loop()
          .run(
              () -> {
                stop();
                AcceptedConnection undelivered = crossing.getAndSet(null);
                if (undelivered != null) {
                  undelivered.abort(Cause.STOPPED);
                }
              });
    }
  }
}

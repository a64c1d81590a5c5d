package dev.pellucid.runtime.stage;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a filter about each connection. Connections whose verdict takes time do not hold up the
 * others, however many they are: their number is limited where they are accepted.
 */
public final class FilterStage extends GraphStage<FlowShape<Connection, Connection>> {
  private static final Logger log = LoggerFactory.getLogger(FilterStage.class);

  private static final Termination REJECTED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.REJECTED);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);
  private static final Termination STOPPED =
      new Termination(Party.PROXY, Phase.ROUTE, Cause.STOPPED);

  private final Inlet<Connection> in = Inlet.create("Filter.in");
  private final Outlet<Connection> out = Outlet.create("Filter.out");
  private final FlowShape<Connection, Connection> shape = FlowShape.of(in, out);
  private final ConnectionFilter filter;

  /** A stage that asks the given filter. */
  public FilterStage(ConnectionFilter filter) {
    this.filter = filter;
  }

  @Override
  public FlowShape<Connection, Connection> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new FilterLogic();
  }

  private record Decided(
      Connection connection, @Nullable Verdict verdict, @Nullable Throwable failure) {}

  private final class FilterLogic extends GraphStageLogic {
    private final Set<Connection> undecided = new HashSet<>();
    private final Queue<Connection> ready = new ArrayDeque<>();
    private final AsyncCallback<Decided> decided = createAsyncCallback(this::onDecided);
    private final AsyncCallback<Connection> closed = createAsyncCallback(this::onClosed);

    FilterLogic() {
      super(shape);
      setHandlers(
          in,
          out,
          new AbstractInOutHandler() {
            @Override
            public void onPush() {
              decide(grab(in));
              advance();
            }

            @Override
            public void onPull() {
              advance();
            }

            @Override
            public void onUpstreamFinish() {
              advance();
            }
          });
    }

    private void decide(Connection connection) {
      if (connection.refusal().isPresent()) {
        ready.add(connection);
        return;
      }
      try {
        apply(connection, Objects.requireNonNull(filter.decide(connection), "the verdict is null"));
      } catch (RuntimeException | Error e) {
        refuseFailed(connection, e);
      }
    }

    private void apply(Connection connection, Verdict verdict) {
      if (verdict instanceof Verdict.Later later) {
        undecided.add(connection);
        connection.onClose(termination -> closedUndecided(connection));
        later
            .verdict()
            .whenComplete(
                (answer, failure) -> decided.invoke(new Decided(connection, answer, failure)));
        return;
      }
      if (verdict instanceof Verdict.Reject) {
        connection.refuse(REJECTED);
      }
      ready.add(connection);
    }

    private void onDecided(Decided answer) {
      if (!undecided.remove(answer.connection())) {
        return;
      }
      Verdict verdict = answer.verdict();
      if (verdict == null) {
        Throwable failure = answer.failure();
        refuseFailed(
            answer.connection(),
            failure != null ? failure : new NullPointerException("the verdict is null"));
      } else {
        apply(answer.connection(), verdict);
      }
      advance();
    }

    /** On the connection's loop. One that was relayed had its verdict long before. */
    private void closedUndecided(Connection connection) {
      if (connection.refusal().isPresent()) {
        closed.invoke(connection);
      }
    }

    /** It was refused by someone else: nobody needs the verdict any more. */
    private void onClosed(Connection connection) {
      if (undecided.remove(connection)) {
        ready.add(connection);
        advance();
      }
    }

    private void refuseFailed(Connection connection, Throwable failure) {
      log.error("{} failed on {}", filter, connection, failure);
      connection.refuse(FAILED);
      ready.add(connection);
    }

    private void advance() {
      if (isAvailable(out) && !ready.isEmpty()) {
        push(out, ready.remove());
      }
      if (isClosed(in)) {
        if (undecided.isEmpty() && ready.isEmpty()) {
          completeStage();
        }
      } else if (isAvailable(out) && !hasBeenPulled(in)) {
        pull(in);
      }
    }

    @Override
    public void postStop() {
      undecided.forEach(connection -> connection.refuse(STOPPED));
      ready.forEach(connection -> connection.refuse(STOPPED));
    }
  }
}

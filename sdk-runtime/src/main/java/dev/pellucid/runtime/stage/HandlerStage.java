package dev.pellucid.runtime.stage;

import dev.pellucid.api.Connection;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.SinkShape;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a stream of its own for each connection, any number at once. */
public final class HandlerStage
    extends AbstractGraphStageWithMaterializedValue<SinkShape<Connection>, CompletionStage<Done>> {
  private static final Logger log = LoggerFactory.getLogger(HandlerStage.class);
  private static final Termination FAILED = new Termination(Party.PROXY, Phase.ROUTE, Cause.FAILED);

  private final Inlet<Connection> in = Inlet.create("Handler.in");
  private final SinkShape<Connection> shape = SinkShape.of(in);
  private final Function<Connection, ? extends RunnableGraph<?>> handler;

  /** A sink that runs what the given handler returns. */
  public HandlerStage(Function<Connection, ? extends RunnableGraph<?>> handler) {
    this.handler = handler;
  }

  @Override
  public SinkShape<Connection> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<Done>> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    HandlerLogic logic = new HandlerLogic(attributes);
    return Pair.create(logic, logic.done);
  }

  private final class HandlerLogic extends GraphStageLogic {
    private final CompletableFuture<Done> done = new CompletableFuture<>();
    private final ByteStreams streams;

    HandlerLogic(Attributes attributes) {
      super(shape);
      streams = new ByteStreams(this, attributes);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              handle(grab(in));
              pull(in);
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
              done.completeExceptionally(failure);
              failStage(failure);
            }
          });
    }

    @Override
    public void preStart() {
      pull(in);
    }

    private void handle(Connection connection) {
      if (connection.refusal().isPresent()) {
        return;
      }
      try {
        streams.run(
            Objects.requireNonNull(handler.apply(connection), "the handler's graph is null"));
      } catch (Exception | Error e) {
        log.error("{} is refused, because handling it failed", connection, e);
        connection.refuse(FAILED);
      }
    }

    @Override
    public void postStop() {
      done.complete(Done.getInstance());
    }
  }
}

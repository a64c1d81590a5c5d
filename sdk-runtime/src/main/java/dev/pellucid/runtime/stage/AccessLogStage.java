package dev.pellucid.runtime.stage;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.runtime.plugin.ContextClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.dispatch.Dispatchers;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.SinkShape;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands summaries to an access log in batches, on a thread where it may block: waking that thread
 * for every connection would cost more than the log itself. A slow log is waited for.
 */
public final class AccessLogStage
    extends AbstractGraphStageWithMaterializedValue<
        SinkShape<ConnectionSummary>, CompletionStage<Done>> {
  private static final Logger log = LoggerFactory.getLogger(AccessLogStage.class);

  /** How long a summary waits for company at most. */
  private static final Duration LINGER = Duration.ofMillis(100);

  private static final int BATCH = 1024;
  private static final String LINGER_TIMER = "linger";

  private final Inlet<ConnectionSummary> in = Inlet.create("AccessLog.in");
  private final SinkShape<ConnectionSummary> shape = SinkShape.of(in);
  private final AccessLog accessLog;
  private final Duration linger;

  /** A sink that hands summaries to the given log. */
  public AccessLogStage(AccessLog accessLog) {
    this(accessLog, LINGER);
  }

  /** The same with another time that a summary waits for company at most. */
  AccessLogStage(AccessLog accessLog, Duration linger) {
    this.accessLog = accessLog;
    this.linger = linger;
  }

  @Override
  public SinkShape<ConnectionSummary> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<Done>> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    AccessLogLogic logic = new AccessLogLogic();
    return Pair.create(logic, logic.done);
  }

  private final class AccessLogLogic extends TimerGraphStageLogic {
    private final CompletableFuture<Done> done = new CompletableFuture<>();
    private final AsyncCallback<Done> written = createAsyncCallback(unused -> onWritten());
    private List<ConnectionSummary> batch = new ArrayList<>();
    private boolean writing;
    private boolean lingering;
    private @Nullable Throwable failed;

    AccessLogLogic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              batch.add(grab(in));
              advance();
            }

            @Override
            public void onUpstreamFinish() {
              advance();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
              failed = failure;
              advance();
            }
          });
    }

    @Override
    public void preStart() {
      // The stage outlives its input until the last batch is written.
      setKeepGoing(true);
      pull(in);
    }

    private void advance() {
      if (batch.size() >= BATCH || isClosed(in)) {
        write();
      } else if (!batch.isEmpty() && !lingering) {
        lingering = true;
        scheduleOnce(LINGER_TIMER, linger);
      }
      if (!isClosed(in)) {
        if (batch.size() < BATCH && !hasBeenPulled(in)) {
          pull(in);
        }
      } else if (!writing && batch.isEmpty()) {
        end();
      }
    }

    private void end() {
      if (failed == null) {
        completeStage();
      } else {
        done.completeExceptionally(failed);
        failStage(failed);
      }
    }

    @Override
    public void onTimer(Object key) {
      lingering = false;
      write();
      advance();
    }

    private void write() {
      if (writing || batch.isEmpty()) {
        return;
      }
      writing = true;
      List<ConnectionSummary> full = batch;
      batch = new ArrayList<>();
      blockingExecutor().execute(() -> writeBatch(full));
    }

    /** On a thread that may block. */
    private void writeBatch(List<ConnectionSummary> summaries) {
      try (ContextClassLoader context = ContextClassLoader.of(accessLog)) {
        accessLog.log(List.copyOf(summaries));
      } catch (RuntimeException | Error e) {
        log.error("access log {} lost {} lines", accessLog, summaries.size(), e);
      } finally {
        written.invoke(Done.getInstance());
      }
    }

    private void onWritten() {
      writing = false;
      advance();
    }

    private Executor blockingExecutor() {
      return materializer()
          .system()
          .dispatchers()
          .lookup(Dispatchers.DefaultBlockingDispatcherId());
    }

    @Override
    public void postStop() {
      done.complete(Done.getInstance());
    }
  }
}

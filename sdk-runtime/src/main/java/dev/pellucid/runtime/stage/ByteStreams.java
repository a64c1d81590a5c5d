package dev.pellucid.runtime.stage;

import dev.pellucid.runtime.loop.EventLoop;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.stage.GraphStageLogic;

/** Runs the byte streams of a stage's connections where the stage runs. */
final class ByteStreams {
  private final GraphStageLogic stage;
  private final Attributes dispatcher;

  ByteStreams(GraphStageLogic stage, Attributes attributes) {
    this.stage = stage;
    this.dispatcher =
        attributes
            .getAttribute(ActorAttributes.Dispatcher.class)
            .map(same -> ActorAttributes.dispatcher(same.dispatcher()))
            .orElse(Attributes.none());
  }

  /** Called by the stage, once it runs. */
  void run(RunnableGraph<?> graph) {
    if (EventLoop.current() != null) {
      // All of a loop's streams share its thread anyway, so they can share an actor as well.
      graph.run(stage.subFusingMaterializer());
    } else {
      graph.addAttributes(dispatcher).run(stage.materializer());
    }
  }
}

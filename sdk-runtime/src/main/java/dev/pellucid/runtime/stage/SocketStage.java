package dev.pellucid.runtime.stage;

import dev.pellucid.runtime.relay.AcceptedSocket;
import dev.pellucid.runtime.relay.StreamSocket;
import dev.pellucid.runtime.relay.TcpConnection;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.util.ByteString;

/** The bytes of a socket: what goes in is written to it, what comes out was received from it. */
public final class SocketStage
    extends AbstractGraphStageWithMaterializedValue<
        FlowShape<ByteString, ByteString>, CompletionStage<OpenSocket>> {
  private final Inlet<ByteString> in = Inlet.create("Socket.in");
  private final Outlet<ByteString> out = Outlet.create("Socket.out");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final Supplier<? extends StreamSocket> opening;

  /**
   * A stage that moves bytes.
   *
   * @param opening gives the socket when the stage starts, on its thread, once for each
   *     materialization; throws {@link IllegalStateException} if there is none
   */
  public SocketStage(Supplier<? extends StreamSocket> opening) {
    this.opening = opening;
  }

  /** The bytes of a client; the stage takes the connection when it starts. */
  public static Flow<ByteString, ByteString, NotUsed> flow(TcpConnection connection) {
    return Flow.fromGraph(new SocketStage(() -> take(connection)))
        .mapMaterializedValue(opened -> NotUsed.getInstance());
  }

  private static StreamSocket take(TcpConnection connection) {
    if (!connection.take()) {
      throw new IllegalStateException(connection + " was taken over before, or refused");
    }
    return AcceptedSocket.of(connection);
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, CompletionStage<OpenSocket>> createLogicAndMaterializedValuePair(
      Attributes attributes) {
    SocketLogic logic = new SocketLogic(shape, opening);
    return Pair.create(logic, logic.opened());
  }
}

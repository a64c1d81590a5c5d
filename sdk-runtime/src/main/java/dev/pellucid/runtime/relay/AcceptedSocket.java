package dev.pellucid.runtime.relay;

import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Direction;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.LinuxException;
import java.util.List;
import java.util.function.Consumer;

/** The client's socket of a connection whose bytes go through a stream. */
public final class AcceptedSocket extends StreamSocket implements ConnectionOwner {
  private final TcpConnection connection;
  private final Consumer<Termination> onClosed;

  /**
   * The socket of a connection that was {@linkplain TcpConnection#take taken}.
   *
   * @param sent what limits the bytes that are sent to the client
   * @param onClosed told once, on the loop; has to tell the connection that it is over
   */
  AcceptedSocket(TcpConnection connection, List<Bandwidth> sent, Consumer<Termination> onClosed) {
    super(connection.loop(), Party.CLIENT, connection.limits(Direction.FROM_CLIENT), sent);
    this.connection = connection;
    this.onClosed = onClosed;
    // The client's socket is open from the beginning, and has to be closed even if the stream ends
    // before it has opened anything.
    setDescriptor(connection.descriptor());
  }

  /**
   * The socket of a connection that was {@linkplain TcpConnection#take taken}. Where the bytes for
   * the client come from is not known, and so they are limited here.
   */
  public static AcceptedSocket of(TcpConnection connection) {
    return new AcceptedSocket(
        connection, connection.limits(Direction.FROM_UPSTREAM), connection::over);
  }

  @Override
  void begin(Stream stream) {
    connection.ownedBy(this);
    try {
      int seen = connection.deliverTo(stream);
      stream.connected(connection.originalDestination(), connection.client());
      if (seen != 0) {
        stream.onEvents(seen);
      }
    } catch (LinuxException e) {
      Termination termination = new Termination(Party.PROXY, Phase.DATA, Cause.FAILED);
      stream.failed(new ConnectionException(String.valueOf(e.getMessage()), termination));
    }
  }

  @Override
  public void abort(Cause cause) {
    stop(cause);
  }

  @Override
  public String toString() {
    return connection.toString();
  }

  @Override
  void closed(Termination termination) {
    onClosed.accept(termination);
  }
}

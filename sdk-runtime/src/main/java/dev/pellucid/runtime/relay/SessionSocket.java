package dev.pellucid.runtime.relay;

import dev.pellucid.api.ConnectionException;
import dev.pellucid.api.Direction;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.loop.EventLoop;
import dev.pellucid.runtime.loop.Timer;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A session whose datagrams go through a stream. It was {@linkplain UdpConnection#take taken}, and
 * lives on the session's loop.
 */
public final class SessionSocket implements ConnectionOwner, DatagramReceiver {
  private final UdpConnection connection;
  private final EventLoop loop;
  private final long idleNanos;
  private final Policer policer;
  private @Nullable DatagramDirection toClient;
  private @Nullable Stream stream;
  private @Nullable Timer timer;
  private long lastActivity;
  private boolean closed;

  /** The stream; called on the loop. */
  public interface Stream {
    /**
     * The client has sent something.
     *
     * @return whether there is room for it
     */
    boolean received(ByteString datagram);

    /** Nothing has moved for as long as it may. */
    void idle();

    /** The session ends out of order. */
    void failed(ConnectionException failure);
  }

  /**
   * The socket of a session.
   *
   * @param idleNanos how long nothing may move in either direction
   */
  public SessionSocket(UdpConnection connection, long idleNanos) {
    this.connection = connection;
    this.loop = connection.loop();
    this.idleNanos = idleNanos;
    this.policer = new Policer(loop, connection.limits(Direction.FROM_CLIENT));
    this.lastActivity = loop.now();
  }

  /** The loop that this socket belongs to. */
  public EventLoop loop() {
    return loop;
  }

  /** Starts to deliver datagrams. Called on the loop, once. */
  public void open(Stream stream) {
    this.stream = stream;
    connection.ownedBy(this);
    timer = loop.schedule(idleNanos, this::checkTime);
    try {
      toClient =
          new DatagramDirection(
              connection,
              Direction.FROM_UPSTREAM,
              connection.clientLeg(),
              false,
              (batch, index) -> true);
      connection.deliverTo(this);
    } catch (DialException e) {
      stream.failed(new ConnectionException(String.valueOf(e.getMessage()), e.termination()));
    }
  }

  @Override
  public void onDatagrams(DatagramBatch batch, int from, int to) {
    lastActivity = loop.now();
    for (int i = from; i < to; i++) {
      if (stream == null
          || !policer.passes(batch.length(i))
          || !stream.received(ByteString.fromArrayUnsafe(batch.get(i)))) {
        connection.countDropped(1);
      }
    }
  }

  /** Sends a datagram to the client. Called on the loop. */
  public void send(ByteString datagram) {
    if (closed || toClient == null || stream == null) {
      return;
    }
    lastActivity = loop.now();
    connection.touch();
    DatagramBatch batch = loop.datagrams();
    batch.put(0, datagram.toArrayUnsafe());
    int result = toClient.pass(batch, 0, 1);
    if (result < 0) {
      stream.failed(
          new ConnectionException(
              "the client cannot be reached: " + Errno.describe(-result),
              UdpRelay.broken(Party.CLIENT, -result)));
    }
  }

  private void checkTime() {
    long remaining = lastActivity + idleNanos - loop.now();
    if (timer != null && remaining > 0) {
      loop.reschedule(timer, remaining);
    } else if (stream != null) {
      stream.idle();
    }
  }

  @Override
  public void abort(Cause cause) {
    if (stream != null) {
      stream.failed(
          new ConnectionException(
              "the proxy ends the session: " + cause.text(),
              new Termination(Party.PROXY, Phase.DATA, cause)));
    }
  }

  /** Ends the session. Called on the loop. */
  public void close(Termination termination) {
    if (closed) {
      return;
    }
    closed = true;
    if (timer != null) {
      loop.cancel(timer);
    }
    if (toClient != null) {
      toClient.close();
    }
    connection.over(termination);
  }

  @Override
  public String toString() {
    return connection.toString();
  }
}

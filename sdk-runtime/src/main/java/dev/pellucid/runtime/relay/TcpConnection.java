package dev.pellucid.runtime.relay;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.loop.EventHandler;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** An accepted TCP connection. */
public final class TcpConnection extends AcceptedConnection {
  private final TcpListener listener;
  private final int fd;

  // Belongs to the loop.
  private @Nullable Peeks peeks;

  /**
   * A connection.
   *
   * @param peeks what has received the socket's events so far, if anything has
   */
  TcpConnection(
      TcpListener listener,
      EventLoop loop,
      int fd,
      InetSocketAddress client,
      InetSocketAddress originalDestination,
      @Nullable Peeks peeks) {
    super(listener, loop, client, originalDestination);
    this.listener = listener;
    this.fd = fd;
    this.peeks = peeks;
  }

  @Override
  public Transport transport() {
    return Transport.TCP;
  }

  @Override
  public Flow<ByteString, ByteString, NotUsed> flow() {
    return listener.flow(this);
  }

  @Override
  void discard() {
    endPeeks("it was refused");
    loop().forget(fd);
    loop().sockets().reset(fd);
  }

  @Override
  public CompletionStage<ByteString> peek(int least, int most, Duration limit) {
    Peeks.requireValid(least, most, limit);
    CompletableFuture<ByteString> result = new CompletableFuture<>();
    loop().run(() -> peek(least, most, limit, result));
    return result.minimalCompletionStage();
  }

  private void peek(int least, int most, Duration limit, CompletableFuture<ByteString> result) {
    if (gone()) {
      result.completeExceptionally(new IllegalStateException(this + " is taken or refused"));
      return;
    }
    try {
      if (peeks == null) {
        peeks = Peeks.start(loop(), fd);
      }
      peeks.add(least, most, limit.toNanos(), result);
    } catch (LinuxException e) {
      result.completeExceptionally(e);
    }
  }

  private void endPeeks(String why) {
    if (peeks != null) {
      peeks.end(new IllegalStateException(this + " cannot be peeked at any more: " + why));
    }
  }

  /**
   * Starts to deliver the socket's events to what has taken this connection over.
   *
   * @return the events that were told before, to whom peeked; the new handler has to take note of
   *     them, because none is told twice
   * @throws LinuxException if the kernel refuses the descriptor
   */
  int deliverTo(EventHandler handler) throws LinuxException {
    if (peeks == null) {
      loop().register(fd, Leg.INTEREST, handler);
      return 0;
    }
    endPeeks("it was taken over");
    loop().replaceHandler(fd, handler);
    return peeks.events();
  }

  int descriptor() {
    return fd;
  }
}

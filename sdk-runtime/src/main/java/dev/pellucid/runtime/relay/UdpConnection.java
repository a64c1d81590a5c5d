package dev.pellucid.runtime.relay;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** A UDP session: the datagrams between one client's port and one original destination. */
public final class UdpConnection extends AcceptedConnection {
  /** So many datagrams of a client are kept while filters and balancers make up their minds … */
  private static final int MAX_WAITING = 64;

  /** … and so many bytes, or one datagram of any size. */
  private static final int MAX_WAITING_BYTES = 131072;

  private final UdpListener listener;
  private final SessionName name;

  // Belong to the loop.
  private final Queue<byte[]> waiting = new ArrayDeque<>(2);
  private int waitingBytes;
  private @Nullable DatagramReceiver receiver;

  UdpConnection(UdpListener listener, EventLoop loop, SessionName name) {
    super(listener, loop, name.client(), name.destination());
    this.listener = listener;
    this.name = name;
  }

  @Override
  public Transport transport() {
    return Transport.UDP;
  }

  SessionName name() {
    return name;
  }

  @Override
  public Flow<ByteString, ByteString, NotUsed> flow() {
    return listener.flow(this);
  }

  @Override
  public CompletionStage<ByteString> peek(int least, int most, Duration limit) {
    Peeks.requireValid(least, most, limit);
    CompletableFuture<ByteString> result = new CompletableFuture<>();
    loop().run(() -> peek(most, result));
    return result.minimalCompletionStage();
  }

  /** There is always a datagram: it is what the session began with. */
  private void peek(int most, CompletableFuture<ByteString> result) {
    byte[] first = waiting.peek();
    if (gone() || first == null) {
      result.completeExceptionally(new IllegalStateException(this + " is taken or refused"));
    } else {
      result.complete(ByteString.fromArray(first, 0, Math.min(most, first.length)));
    }
  }

  @Override
  void discard() {
    waiting.clear();
  }

  /** The client has sent something. */
  void received(DatagramBatch batch, int from, int to) {
    if (receiver != null) {
      receiver.onDatagrams(batch, from, to);
      return;
    }
    for (int i = from; i < to; i++) {
      int length = batch.length(i);
      if (waiting.isEmpty()
          || (waiting.size() < MAX_WAITING && waitingBytes + length <= MAX_WAITING_BYTES)) {
        waiting.add(batch.get(i));
        waitingBytes += length;
      } else {
        listener.countDropped(1);
      }
    }
  }

  /**
   * Delivers what the client sends to what has taken this session over, beginning with what it has
   * sent already.
   */
  void deliverTo(DatagramReceiver receiver) {
    this.receiver = receiver;
    DatagramBatch batch = loop().datagrams();
    while (!waiting.isEmpty()) {
      int n = 0;
      while (n < DatagramBatch.CAPACITY && !waiting.isEmpty()) {
        batch.put(n++, waiting.remove());
      }
      receiver.onDatagrams(batch, 0, n);
    }
  }

  /** See {@link UdpListener#clientLeg}. */
  DatagramLeg clientLeg() throws DialException {
    return listener.clientLeg(this);
  }

  /** The upstream has sent something. */
  void touch() {
    listener.touch(this);
  }

  void countDropped(int datagrams) {
    listener.countDropped(datagrams);
  }
}

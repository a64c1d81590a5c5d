package dev.pellucid.sample.benchmark;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A client with an open-loop schedule: each request has its time, and waits for it or, if no
 * connection is free then, for a connection. Its latency counts from its time on, not from when it
 * was sent.
 */
final class PacedClient implements AutoCloseable {
  private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: origin\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] END = Origin.ANSWER_END.getBytes(US_ASCII);
  private static final long GRACE_NANOS = 10_000_000_000L;

  private final Selector selector;
  private final Deque<Connection> free = new ArrayDeque<>();
  private long[] latencies = {};
  private int answered;

  private static final class Connection {
    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocate(4096);
    private long due;

    private Connection(SocketChannel channel) {
      this.channel = channel;
    }

    private void ask(long time) throws IOException {
      due = time;
      answer.clear();
      if (channel.write(ByteBuffer.wrap(REQUEST)) != REQUEST.length) {
        throw new IOException("no room for a request");
      }
    }

    /** Reads, and tells whether the answer is complete. */
    private boolean read() throws IOException {
      if (channel.read(answer) < 0) {
        throw new IOException("the peer closed a connection");
      }
      int end = answer.position();
      int from = Math.max(0, end - END.length);
      return Arrays.equals(answer.array(), from, end, END, 0, END.length);
    }
  }

  private PacedClient(Selector selector) {
    this.selector = selector;
  }

  static PacedClient connect(InetSocketAddress target, int connections) throws IOException {
    PacedClient client = new PacedClient(Selector.open());
    try {
      for (int i = 0; i < connections; i++) {
        client.free.add(client.connect(target));
      }
      return client;
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private Connection connect(InetSocketAddress target) throws IOException {
    SocketChannel channel = SocketChannel.open(target);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Connection connection = new Connection(channel);
    channel.register(selector, SelectionKey.OP_READ, connection);
    return connection;
  }

  /** Sends the requests of so many seconds and returns each one's latency in nanoseconds. */
  // Spinning keeps the timer's inaccuracy out of the result; yielding leaves the core to who needs
  // it.
  @SuppressWarnings("ThreadPriorityCheck")
  long[] run(int rate, int seconds) throws IOException {
    latencies = new long[rate * seconds];
    answered = 0;
    double interval = 1e9 / rate;
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L + GRACE_NANOS;
    int sent = 0;
    while (answered < latencies.length) {
      sent = send(sent, start, interval);
      if (selector.selectNow(this::receive) == 0) {
        Thread.yield();
      }
      if (System.nanoTime() > end) {
        throw new IOException((latencies.length - answered) + " requests are unanswered");
      }
    }
    return latencies;
  }

  private int send(int sentBefore, long start, double interval) throws IOException {
    int sent = sentBefore;
    long now = System.nanoTime();
    while (sent < latencies.length && !free.isEmpty()) {
      long due = start + (long) (sent * interval);
      if (due > now) {
        break;
      }
      free.remove().ask(due);
      sent++;
    }
    return sent;
  }

  private void receive(SelectionKey key) {
    if (!(key.attachment() instanceof Connection connection)) {
      return;
    }
    try {
      if (connection.read()) {
        latencies[answered++] = System.nanoTime() - connection.due;
        free.add(connection);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}

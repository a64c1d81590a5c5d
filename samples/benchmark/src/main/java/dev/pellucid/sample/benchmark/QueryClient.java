package dev.pellucid.sample.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that asks over UDP, as DNS resolvers do: each socket has one query on its way, and sends
 * the next when that is answered or given up. Its sockets are connected: an answer counts only if
 * it comes from the address that was asked.
 */
final class QueryClient implements AutoCloseable {
  private static final int QUERY_BYTES = 40;
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final long CHECK_MILLIS = 100;

  private final Selector selector;
  private final List<Asker> askers = new ArrayList<>();
  private long end;
  private int waiting;
  private int answered;
  private int lost;

  /**
   * What became of the queries.
   *
   * @param answered how many were answered within a second
   * @param lost how many were not
   */
  record Outcome(int answered, int lost) {}

  /** A socket and its query, which begins with a number of its own. */
  private static final class Asker {
    private final DatagramChannel channel;
    private final ByteBuffer query = ByteBuffer.allocateDirect(QUERY_BYTES);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(UdpOrigin.ANSWER_BYTES);
    private long number;
    private long due;
    private boolean waits;

    private Asker(DatagramChannel channel) {
      this.channel = channel;
    }

    private void ask(long now) throws IOException {
      number++;
      due = now + PATIENCE_NANOS;
      waits = true;
      query.putLong(0, number).clear();
      if (channel.write(query) != QUERY_BYTES) {
        throw new IOException("no room for a query");
      }
    }

    /** Reads, and tells whether it is the answer; that of a query given up is none. */
    private boolean read() throws IOException {
      answer.clear();
      return channel.read(answer) == UdpOrigin.ANSWER_BYTES && waits && answer.getLong(0) == number;
    }
  }

  private QueryClient(Selector selector) {
    this.selector = selector;
  }

  static QueryClient open(InetSocketAddress target, int sockets) throws IOException {
    QueryClient client = new QueryClient(Selector.open());
    try {
      for (int i = 0; i < sockets; i++) {
        client.askers.add(client.connect(target));
      }
      return client;
    } catch (IOException e) {
      client.close();
      throw e;
    }
  }

  private Asker connect(InetSocketAddress target) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    Asker asker = new Asker(channel);
    channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, asker);
    channel.connect(target);
    return asker;
  }

  /** Asks for so many seconds, and waits for the last answers. */
  Outcome run(int seconds) throws IOException {
    answered = 0;
    lost = 0;
    waiting = askers.size();
    end = System.nanoTime() + seconds * 1_000_000_000L;
    for (Asker asker : askers) {
      asker.ask(System.nanoTime());
    }
    while (waiting > 0) {
      selector.select(this::receive, CHECK_MILLIS);
      giveUpLost();
    }
    return new Outcome(answered, lost);
  }

  private void receive(SelectionKey key) {
    if (!(key.attachment() instanceof Asker asker)) {
      return;
    }
    try {
      if (asker.read()) {
        answered++;
        proceed(asker, System.nanoTime());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void giveUpLost() throws IOException {
    long now = System.nanoTime();
    for (Asker asker : askers) {
      if (asker.waits && asker.due < now) {
        lost++;
        proceed(asker, now);
      }
    }
  }

  private void proceed(Asker asker, long now) throws IOException {
    if (now < end) {
      asker.ask(now);
    } else {
      asker.waits = false;
      waiting--;
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

package dev.pellucid.javadsl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of very many connections, each a process of its own: one process may not have enough
 * descriptors for both ends and the proxy.
 */
final class ManyEchoes {
  private static final int BACKLOG = 4096;
  private static final int MESSAGE = 64;

  private ManyEchoes() {}

  /** {@code server PORT}, or {@code client HOST PORT CONNECTIONS}. */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("server")) {
      serve(Integer.parseInt(arguments[1]));
    } else {
      InetSocketAddress server =
          new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
      ask(server, Integer.parseInt(arguments[3]));
    }
  }

  /** Sends back whatever comes, until it is ended from outside. */
  private static void serve(int port) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(port), BACKLOG).configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE);
    while (true) {
      selector.select(key -> serve(key, selector, buffer));
    }
  }

  private static void serve(SelectionKey key, Selector selector, ByteBuffer buffer) {
    try {
      if (key.isAcceptable()) {
        SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
        accepted.configureBlocking(false);
        accepted.register(selector, SelectionKey.OP_READ);
      } else {
        echo((SocketChannel) key.channel(), buffer.clear());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void echo(SocketChannel channel, ByteBuffer buffer) throws IOException {
    int n = channel.read(buffer);
    if (n < 0) {
      channel.close();
      return;
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Opens all, talks on each of them twice, and tells its parent in between. */
  private static void ask(InetSocketAddress server, int connections) throws IOException {
    List<SocketChannel> channels = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      channels.add(SocketChannel.open(server));
    }
    exchange(channels, 1);
    System.out.println("open");
    System.in.read();
    exchange(channels, 2);
    for (SocketChannel channel : channels) {
      channel.close();
    }
    System.out.println("closed");
  }

  /** All of them speak before any is heard, so that all are in use at a time. */
  private static void exchange(List<SocketChannel> channels, int round) throws IOException {
    for (int i = 0; i < channels.size(); i++) {
      channels.get(i).write(message(i, round));
    }
    for (int i = 0; i < channels.size(); i++) {
      ByteBuffer answer = ByteBuffer.allocate(MESSAGE);
      while (answer.hasRemaining() && channels.get(i).read(answer) >= 0) {
        // Until all of it is there.
      }
      if (!answer.flip().equals(message(i, round))) {
        throw new IOException("connection " + i + " got " + answer);
      }
    }
  }

  private static ByteBuffer message(int connection, int round) {
    ByteBuffer message = ByteBuffer.allocate(MESSAGE);
    while (message.hasRemaining()) {
      message.putInt(connection * 31 + round).putInt(~connection);
    }
    return message.flip();
  }
}

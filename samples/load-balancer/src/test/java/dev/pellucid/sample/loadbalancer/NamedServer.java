package dev.pellucid.sample.loadbalancer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that answers each byte with its name, a byte as well. */
final class NamedServer implements AutoCloseable {
  private final char name;
  private final ServerSocket listener;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "named-server");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Starts one.
   *
   * @param port 0: any
   */
  NamedServer(char name, String address, int port) throws IOException {
    this.name = name;
    listener = new ServerSocket(port, 50, InetAddress.getByName(address));
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Where it listens, as a configuration has it. */
  String address() {
    return listener.getInetAddress().getHostAddress() + ":" + port();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        threads.execute(() -> answer(socket));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      while (socket.getInputStream().read() >= 0) {
        socket.getOutputStream().write(name);
      }
    } catch (IOException e) {
      // The client sees that, too.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
  }
}

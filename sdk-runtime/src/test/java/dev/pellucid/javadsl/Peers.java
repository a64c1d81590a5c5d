package dev.pellucid.javadsl;

import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The two ends of an intercepted connection: plain blocking sockets in the lab. */
record Peers(Socket client, Socket server) {
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int BACKLOG = 64;

  /** Connects a client to an address and accepts what arrives at a server. */
  static Peers connect(
      LabNetwork net, InetSocketAddress asked, LabHost server, InetSocketAddress listening)
      throws Exception {
    return connect(net, net.client(), asked, server, listening);
  }

  static Peers connect(
      LabNetwork net,
      LabHost host,
      InetSocketAddress asked,
      LabHost server,
      InetSocketAddress listening)
      throws Exception {
    ServerSocket listener = listen(net, server, listening);
    CompletableFuture<Socket> accepted = server.submit(listener::accept);
    Socket client = connect(net, host, asked);
    Socket upstream = net.closeAtEnd(accepted.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS));
    upstream.setSoTimeout(TIMEOUT_MILLIS);
    return new Peers(client, upstream);
  }

  static ServerSocket listen(LabNetwork net, LabHost server, InetSocketAddress address)
      throws Exception {
    ServerSocket listener =
        server.call(() -> new ServerSocket(address.getPort(), BACKLOG, address.getAddress()));
    listener.setSoTimeout(TIMEOUT_MILLIS);
    return net.closeAtEnd(listener);
  }

  static Socket connect(LabNetwork net, InetSocketAddress asked) throws Exception {
    return connect(net, net.client(), asked);
  }

  static Socket connect(LabNetwork net, LabHost host, InetSocketAddress asked) throws Exception {
    return net.closeAtEnd(host.call(() -> connected(asked)));
  }

  private static Socket connected(InetSocketAddress asked) throws IOException {
    Socket socket = new Socket();
    socket.connect(asked, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Reads as many bytes as the expected text has. */
  static String receive(Socket socket, int length) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(length);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  static String receiveToEnd(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
  }

  /** Closes with a reset. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  static InetAddress addressSeen(Socket server) {
    return server.getInetAddress();
  }
}

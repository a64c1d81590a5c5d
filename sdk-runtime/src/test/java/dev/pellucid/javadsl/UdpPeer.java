package dev.pellucid.javadsl;

import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.apache.pekko.util.ByteString;

/** A plain blocking UDP socket in the lab: a client, or a server that answers as it is told. */
record UdpPeer(DatagramSocket socket) implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int LARGEST = 65_535;

  /** A datagram and who has sent it, as the receiver sees it. */
  record Datagram(ByteString bytes, InetSocketAddress from) {
    String text() {
      return bytes.utf8String();
    }
  }

  static UdpPeer client(LabNetwork net) throws Exception {
    return client(net, net.client());
  }

  static UdpPeer client(LabNetwork net, LabHost host) throws Exception {
    return of(net, host, new InetSocketAddress(0));
  }

  static UdpPeer server(LabNetwork net, LabHost host, InetSocketAddress address) throws Exception {
    return of(net, host, address);
  }

  private static UdpPeer of(LabNetwork net, LabHost host, InetSocketAddress address)
      throws Exception {
    DatagramSocket socket = net.closeAtEnd(host.call(() -> new DatagramSocket(address)));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return new UdpPeer(socket);
  }

  int port() {
    return socket.getLocalPort();
  }

  void send(String text, InetSocketAddress to) throws Exception {
    send(ByteString.fromString(text), to);
  }

  void send(ByteString bytes, InetSocketAddress to) throws Exception {
    socket.send(new DatagramPacket(bytes.toArray(), bytes.length(), to));
  }

  Datagram receive() throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
    socket.receive(packet);
    return new Datagram(
        ByteString.fromArray(packet.getData(), 0, packet.getLength()),
        (InetSocketAddress) packet.getSocketAddress());
  }

  @Override
  public void close() {
    socket.close();
  }
}

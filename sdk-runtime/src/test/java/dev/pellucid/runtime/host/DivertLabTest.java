package dev.pellucid.runtime.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets with others' addresses get what is theirs, and nothing else; without any intercept. */
@Lab
@Timeout(30)
class DivertLabTest {
  private static final int PORT = 80;
  private static final int LISTENER = 50080;

  private static InetAddress client(LabNetwork net, boolean six) {
    return six ? net.client().address6() : net.client().address();
  }

  private static InetSocketAddress server(LabNetwork net, boolean six, int port) {
    return six ? net.server(0).at6(port) : net.server(0).at(port);
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aTcpSocketWithTheClientsAddress(FirewallTool tool, boolean six, LabNetwork net)
      throws Exception {
    net.divert(tool);
    LabHost server = net.server(0);
    try (ServerSocket listening = server.call(() -> new ServerSocket(PORT))) {
      Future<Socket> accepted = server.submit(listening::accept);
      InetSocketAddress to = server(net, six, PORT);
      try (TransparentSocket upstream =
              net.proxy().call(() -> TransparentSocket.connect(client(net, six), to));
          Socket seen = accepted.get()) {
        assertEquals(client(net, six), seen.getInetAddress());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aUdpSocketWithTheClientsAddressIsToldThatThePortIsUnreachable(
      FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    net.divert(tool);
    InetSocketAddress closed = server(net, six, PORT);
    try (TransparentSocket socket =
        net.proxy().call(() -> TransparentSocket.udp(client(net, six), closed))) {
      socket.send((byte) 1);
      assertRefused(assertThrows(LinuxException.class, socket::receive));
    }
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void aTcpSocketWithTheClientsAddressIsToldThatThePortIsUnreachable(
      FirewallTool tool, boolean six, LabNetwork net) throws Exception {
    net.divert(tool);
    // A reset would say as much, but this one answers with ICMP.
    net.server(0)
        .exec(
            "sh",
            "-euc",
            "nft add table inet t;"
                + "nft 'add chain inet t c { type filter hook input priority 0; }';"
                + "nft add rule inet t c tcp dport "
                + PORT
                + " reject with icmpx type port-unreachable");
    InetSocketAddress closed = server(net, six, PORT);
    assertRefused(
        assertThrows(
            LinuxException.class,
            () -> net.proxy().call(() -> TransparentSocket.connect(client(net, six), closed))));
  }

  private static void assertRefused(LinuxException failure) {
    assertEquals(Errno.ECONNREFUSED, failure.errno(), failure.getMessage());
  }

  /** A listener at any address owns only what was handed over to it. */
  @ParameterizedTest
  @EnumSource
  void whatIsForwardedToTheListenersPortPassesBy(FirewallTool tool, LabNetwork net)
      throws Exception {
    net.intercept(tool, PORT, LISTENER);
    InetSocketAddress elsewhere = net.server(0).at(LISTENER);
    try (TransparentSocket listener =
            net.proxy().call(() -> TransparentSocket.listen("0.0.0.0", LISTENER));
        ServerSocket listening = net.server(0).call(() -> new ServerSocket(LISTENER))) {
      Future<Integer> received = net.server(0).submit(() -> readOne(listening));
      try (Socket socket = net.client().call(() -> connect(elsewhere))) {
        socket.getOutputStream().write(7);
        assertEquals(7, received.get());
      }
    }
  }

  private static int readOne(ServerSocket listening) throws IOException {
    try (Socket socket = listening.accept()) {
      return socket.getInputStream().read();
    }
  }

  private static Socket connect(InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to, 5000);
    return socket;
  }
}

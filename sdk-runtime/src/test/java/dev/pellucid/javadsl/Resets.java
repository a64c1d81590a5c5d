package dev.pellucid.javadsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** What a peer sees of a reset. */
final class Resets {
  private Resets() {}

  static void assertReset(Socket socket) {
    SocketException failure =
        assertThrows(SocketException.class, () -> socket.getInputStream().read());
    assertEquals("Connection reset", failure.getMessage());
  }

  /** The reset may come before the client has noticed that it is connected. */
  static void assertConnectingIsReset(LabNetwork net, InetSocketAddress asked) {
    assertConnectingIsReset(net, net.client(), asked);
  }

  static void assertConnectingIsReset(LabNetwork net, LabHost client, InetSocketAddress asked) {
    SocketException failure =
        assertThrows(
            SocketException.class, () -> Peers.connect(net, client, asked).getInputStream().read());
    assertTrue(failure.getMessage().startsWith("Connection reset"), failure.getMessage());
  }
}

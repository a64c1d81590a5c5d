package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** recvmmsg(2) and sendmmsg(2), beside the JDK's own sockets. */
@Timeout(10)
class DatagramBatchTest {
  private static final String ADDRESSES = "addresses";
  private static final int TIMEOUT_MILLIS = 5000;
  private static final int EDESTADDRREQ = 89;

  private static final byte[] NO_PREFIX = {};

  private final SocketCalls calls = new SocketCalls();
  private final DatagramBatch batch = new DatagramBatch();
  private int fd = -1;

  static Stream<InetAddress> addresses() throws Exception {
    return Loopback.addresses();
  }

  @AfterEach
  void close() {
    if (fd >= 0) {
      Descriptor.close(fd);
    }
  }

  private InetSocketAddress open(InetAddress host) throws Exception {
    fd = LinuxException.check("socket", calls.udpSocket(host));
    SocketOption option =
        SocketAddresses.family(host) == SocketAddresses.AF_INET
            ? SocketOption.IP_RECVORIGDSTADDR
            : SocketOption.IPV6_RECVORIGDSTADDR;
    assertEquals(0, calls.enable(fd, option));
    assertEquals(0, calls.bind(fd, host, 0));
    return calls.localAddress(fd);
  }

  private static DatagramSocket peer(InetAddress host) throws Exception {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(host, 0));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  private static void send(DatagramSocket from, byte[] bytes, InetSocketAddress to)
      throws Exception {
    from.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] receive(DatagramSocket socket) throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
    socket.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void nothingIsThereAtFirst(InetAddress host) throws Exception {
    open(host);
    assertEquals(-Errno.EAGAIN, batch.receive(fd, DatagramBatch.CAPACITY));
    assertEquals(-Errno.EAGAIN, batch.receiveAddressed(fd));
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void receivesManyWithWhoSentThemToWhom(InetAddress host) throws Exception {
    InetSocketAddress address = open(host);
    try (DatagramSocket first = peer(host);
        DatagramSocket second = peer(host)) {
      // Twice, for what a system call leaves behind must not matter to the next.
      for (int round = 0; round < 2; round++) {
        send(first, random(0), address);
        send(second, random(65_507), address);
        send(first, random(100), address);
        assertEquals(3, batch.receiveAddressed(fd));
        assertArrayEquals(random(0), batch.get(0));
        assertArrayEquals(random(65_507), batch.get(1));
        assertArrayEquals(random(100), batch.get(2));
        assertEquals(batch.flow(0), batch.flow(2));
        assertEquals(batch.flow(0).hashCode(), batch.flow(2).hashCode());
        assertFlow(first, address, batch.flow(0));
        assertFlow(second, address, batch.flow(1));
      }
    }
  }

  private static void assertFlow(
      DatagramSocket client, InetSocketAddress destination, DatagramFlow flow) {
    assertNotNull(flow);
    assertEquals(client.getLocalSocketAddress(), flow.clientAddress());
    assertEquals(destination, flow.destinationAddress());
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void withoutTheOptionNobodyKnowsTheDestination(InetAddress host) throws Exception {
    fd = LinuxException.check("socket", calls.udpSocket(host));
    assertEquals(0, calls.bind(fd, host, 0));
    try (DatagramSocket client = peer(host)) {
      send(client, random(1), calls.localAddress(fd));
      assertEquals(1, batch.receiveAddressed(fd));
      assertNull(batch.flow(0));
    }
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void neverReceivesMoreThanItHolds(InetAddress host) throws Exception {
    InetSocketAddress address = open(host);
    try (DatagramSocket client = peer(host)) {
      for (int i = 0; i < DatagramBatch.CAPACITY + 3; i++) {
        send(client, random(i), address);
      }
    }
    assertEquals(DatagramBatch.CAPACITY, batch.receive(fd, DatagramBatch.CAPACITY));
    assertArrayEquals(random(31), batch.get(31));
    assertEquals(3, batch.receive(fd, DatagramBatch.CAPACITY));
    assertArrayEquals(random(34), batch.get(2));
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void sendsWhatItHasReceivedToWhomeverItIsConnectedTo(InetAddress host) throws Exception {
    open(host);
    try (DatagramSocket peer = peer(host)) {
      assertEquals(0, calls.connect(fd, (InetSocketAddress) peer.getLocalSocketAddress()));
      for (int i = 0; i < 4; i++) {
        batch.put(i, random(i * 1000));
      }
      assertEquals(3, batch.send(fd, 1, 4, NO_PREFIX));
      for (int i = 1; i < 4; i++) {
        assertArrayEquals(random(i * 1000), receive(peer));
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void sendsToAnyoneFromTheAddressThatIsAskedFor(InetAddress host) throws Exception {
    InetSocketAddress address = open(host);
    try (DatagramSocket peer = peer(host)) {
      InetSocketAddress to = (InetSocketAddress) peer.getLocalSocketAddress();
      batch.put(0, random(10));
      assertEquals(1, batch.sendTo(fd, 0, 1, to, Optional.empty()));
      assertEquals(1, batch.sendTo(fd, 0, 1, to, Optional.of(host)));
      for (int i = 0; i < 2; i++) {
        DatagramPacket packet = new DatagramPacket(new byte[20], 20);
        peer.receive(packet);
        assertEquals(10, packet.getLength());
        assertEquals(address, packet.getSocketAddress());
      }
    }
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void takesBytesOffTheFrontAndPutsOthersThere(InetAddress host) throws Exception {
    InetSocketAddress address = open(host);
    try (DatagramSocket peer = peer(host)) {
      send(peer, new byte[] {1, 2, 3, 4}, address);
      send(peer, new byte[] {5, 6}, address);
      assertEquals(0, calls.connect(fd, (InetSocketAddress) peer.getLocalSocketAddress()));
      assertEquals(2, batch.receive(fd, DatagramBatch.CAPACITY));
      batch.skip(0, 3);
      assertEquals(1, batch.length(0));
      assertArrayEquals(new byte[] {4}, batch.get(0));
      batch.skip(1, 2);
      assertEquals(2, batch.send(fd, 0, 2, new byte[] {9, 8}));
      assertArrayEquals(new byte[] {9, 8, 4}, receive(peer));
      assertArrayEquals(new byte[] {9, 8}, receive(peer));
    }
  }

  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void tellsWhyNothingCouldBeSent(InetAddress host) throws Exception {
    open(host);
    batch.put(0, random(1));
    assertEquals(-EDESTADDRREQ, batch.send(fd, 0, 1, NO_PREFIX));
    assertThrows(IllegalArgumentException.class, () -> batch.put(0, random(65_536)));
  }

  /** udp(7): a connected socket learns that nobody listens, at its next call. */
  @ParameterizedTest
  @MethodSource(ADDRESSES)
  void aConnectedSocketLearnsOfIcmpErrors(InetAddress host) throws Exception {
    open(host);
    InetSocketAddress nobody;
    try (DatagramSocket closed = peer(host)) {
      nobody = (InetSocketAddress) closed.getLocalSocketAddress();
    }
    assertEquals(0, calls.connect(fd, nobody));
    batch.put(0, random(1));
    assertEquals(1, batch.send(fd, 0, 1, NO_PREFIX));
    assertEquals(-Errno.ECONNREFUSED, batch.receive(fd, DatagramBatch.CAPACITY));
  }
}

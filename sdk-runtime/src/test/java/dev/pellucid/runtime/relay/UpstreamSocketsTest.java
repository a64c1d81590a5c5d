package dev.pellucid.runtime.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Cidr;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Errno;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets that serve one session after the other, with sources that leave the port open. */
@Lab
@Timeout(30)
class UpstreamSocketsTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.9", 4000);
  private static final InetSocketAddress CLIENT_6 = new InetSocketAddress("2001:db8::9", 4000);

  private static final InetAddress LOOPBACK = Cidr.parse("127.0.0.1").address();
  private static final InetAddress LOOPBACK_6 = Cidr.parse("::1").address();

  private LabNetwork net;
  private LabLoop loop;

  /** A source, a client and the upstream's address. */
  record Way(SourceAddress source, InetSocketAddress client, InetAddress upstream) {}

  static Stream<Way> ways() {
    return Stream.of(
        new Way(SourceAddress.clientIp(), CLIENT, LOOPBACK),
        new Way(SourceAddress.proxy(), CLIENT, LOOPBACK),
        new Way(SourceAddress.clientIp(), CLIENT_6, LOOPBACK_6),
        new Way(SourceAddress.proxy(), CLIENT_6, LOOPBACK_6));
  }

  @BeforeEach
  void startLoop(LabNetwork net) throws Exception {
    this.net = net;
    loop = LabLoop.start(net);
  }

  private DatagramSocket upstream(InetAddress host) throws Exception {
    DatagramSocket socket =
        net.closeAtEnd(net.proxy().call(() -> new DatagramSocket(new InetSocketAddress(host, 0))));
    socket.setSoTimeout((int) Await.PATIENCE.toMillis());
    return socket;
  }

  private UpstreamLeg dial(Way way, DatagramSocket upstream) throws Exception {
    return loop.call(
        () ->
            UpstreamLeg.dial(
                loop.loop(),
                new DialOptions(way.source, 0),
                way.client,
                (InetSocketAddress) upstream.getLocalSocketAddress(),
                events -> {}));
  }

  private InetSocketAddress local(UpstreamLeg leg) throws Exception {
    return loop.call(() -> loop.loop().sockets().localAddress(leg.fd));
  }

  private int receive(UpstreamLeg leg) throws Exception {
    return loop.call(() -> loop.loop().datagrams().receive(leg.fd, DatagramBatch.CAPACITY));
  }

  private static void send(DatagramSocket from, InetSocketAddress to) throws Exception {
    from.send(new DatagramPacket(new byte[] {1}, 1, to));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void theNextSessionHasTheAddressAndAPort(Way way) throws Exception {
    DatagramSocket upstream = upstream(way.upstream);
    UpstreamLeg first = dial(way, upstream);
    InetSocketAddress firstName = local(first);
    loop.close(first);
    UpstreamLeg second = dial(way, upstream);
    InetSocketAddress secondName = local(second);
    assertEquals(first.fd, second.fd);
    assertEquals(firstName.getAddress(), secondName.getAddress());
    assertNotEquals(0, secondName.getPort());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void nothingOfTheLastSessionReachesTheNext(Way way) throws Exception {
    DatagramSocket upstream = upstream(way.upstream);
    UpstreamLeg first = dial(way, upstream);
    if (way.source instanceof SourceAddress.Proxy) {
      InetSocketAddress name = local(first);
      send(upstream, name);
      loop.close(first);
      UpstreamLeg second = dial(way, upstream);
      assertEquals(first.fd, second.fd);
      // The port may be the same by chance.
      if (!name.equals(local(second))) {
        send(upstream, name);
      }
      assertEquals(-Errno.EAGAIN, receive(second));
    } else {
      loop.close(first);
      assertEquals(-Errno.EAGAIN, receive(dial(way, upstream)));
    }
  }

  @Test
  void nobodysErrorIsHandedOn() throws Exception {
    Way way = ways().toList().get(1);
    DatagramSocket upstream = upstream(way.upstream);
    UpstreamLeg first = dial(way, upstream);
    upstream.close();
    loop.call(
        () -> {
          loop.loop().datagrams().put(0, new byte[1]);
          return first.send(loop.loop().datagrams(), 0, 1);
        });
    loop.close(first);
    UpstreamLeg second = dial(way, upstream(way.upstream));
    assertEquals(first.fd, second.fd);
    assertEquals(-Errno.EAGAIN, receive(second));
  }

  @Test
  void anotherSourceHasAnotherSocket() throws Exception {
    DatagramSocket upstream = upstream(LOOPBACK);
    UpstreamLeg first = dial(ways().toList().get(0), upstream);
    loop.close(first);
    UpstreamLeg second = dial(ways().toList().get(1), upstream);
    assertNotEquals(first.fd, second.fd);
    assertEquals(LOOPBACK, local(second).getAddress());
  }

  @Test
  void whatNobodyWantsIsClosed() throws Exception {
    DatagramSocket upstream = upstream(LOOPBACK);
    List<UpstreamLeg> legs = new ArrayList<>();
    for (int i = 0; i < UpstreamSockets.MAX_IDLE + 10; i++) {
      InetSocketAddress client = new InetSocketAddress("192.0.2." + i % 200, 4000);
      legs.add(
          dial(new Way(SourceAddress.clientIp(), client, upstream.getLocalAddress()), upstream));
    }
    for (UpstreamLeg leg : legs) {
      loop.close(leg);
    }
    assertTrue(loop.call(loop.loop()::registered) <= UpstreamSockets.MAX_IDLE);
    Await.until("sockets are open", () -> loop.call(loop.loop()::registered) == 0);
    assertEquals(0, loop.call(loop.loop()::timers));
  }
}

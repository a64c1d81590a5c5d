package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.pellucid.runtime.linux.Loopback.Connected;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the code takes for granted about the kernel. */
@Timeout(20)
class KernelFactsTest {
  private static final String EACH_FAMILY = "dev.pellucid.runtime.linux.Loopback#addresses";
  private static final int SOL_IP = 0;
  private static final int IP_FREEBIND = 15;

  private final Loopback net = new Loopback();
  private final SocketCalls calls = net.calls;

  @AfterEach
  void close() {
    net.close();
  }

  private void enable(int fd, SocketOption option) {
    assertEquals(0, calls.enable(fd, option));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void acceptedSocketsInheritTheListenersOptions(InetAddress host) throws Exception {
    int listener = net.listener(host);
    Connected before = net.connectedTo(listener, host);
    assertEquals(0, net.option(before.server(), SocketOption.TCP_NODELAY));
    assertEquals(0, net.option(before.server(), SocketOption.SO_KEEPALIVE));
    enable(listener, SocketOption.TCP_NODELAY);
    enable(listener, SocketOption.SO_KEEPALIVE);
    Connected after = net.connectedTo(listener, host);
    assertEquals(1, net.option(after.server(), SocketOption.TCP_NODELAY));
    assertEquals(1, net.option(after.server(), SocketOption.SO_KEEPALIVE));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void aShortReadAfterRdhupIsTheLastBeforeTheEnd(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.send(pair.client(), "first");
    net.send(pair.client(), "last");
    calls.shutdownWrite(pair.client());
    net.await(pair.server(), Epoll.RDHUP);
    assertEquals("firstlast", net.receiveText(pair.server()));
    assertEquals(0, net.receive(pair.server()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void bytesThatCameBeforeAResetCanStillBeRead(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.send(pair.client(), "before");
    net.reset(pair.client());
    net.await(pair.server(), Epoll.ERR);
    assertEquals("before", net.receiveText(pair.server()));
    assertEquals(-Errno.ECONNRESET, net.receive(pair.server()));
    assertEquals(0, net.receive(pair.server()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void takingTheErrorMakesAResetLookLikeAnEnd(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.reset(pair.client());
    net.await(pair.server(), Epoll.ERR);
    assertEquals(Errno.ECONNRESET, calls.takeError(pair.server()));
    assertEquals(0, net.receive(pair.server()));
  }

  @ParameterizedTest
  @CsvSource({"true, true, 0", "true, false, -98", "false, true, -98", "false, false, -98"})
  void aPortIsSharedWhenBothWantTo(boolean first, boolean second, int expected) throws Exception {
    for (InetAddress host : Loopback.addresses().toList()) {
      int listening = sharing(host, first);
      assertEquals(0, calls.bind(listening, host, 0));
      assertEquals(0, calls.listen(listening, 1));
      int port = calls.localAddress(listening).getPort();
      assertEquals(expected, calls.bind(sharing(host, second), host, port));
    }
  }

  private int sharing(InetAddress host, boolean shared) throws LinuxException {
    int fd = net.socket(host);
    // As listeners do; it does not help against one that listens.
    enable(fd, SocketOption.SO_REUSEADDR);
    if (shared) {
      enable(fd, SocketOption.SO_REUSEPORT);
    }
    return fd;
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  @DisabledIfSystemProperty(named = "lab", matches = "off", disabledReason = "-Dlab=off")
  void transparentSocketsBindForeignAddresses(InetAddress host) throws Exception {
    InetAddress foreign = Loopback.foreign(host);
    int fd = net.socket(host);
    assertEquals(-Errno.EADDRNOTAVAIL, calls.bind(fd, foreign, 0));
    enable(fd, SocketOption.IP_TRANSPARENT);
    assertEquals(0, calls.bind(fd, foreign, 0));
    assertEquals(foreign, calls.localAddress(fd).getAddress());
    assertNotEquals(0, calls.localAddress(fd).getPort());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  @DisabledIfSystemProperty(named = "lab", matches = "off", disabledReason = "-Dlab=off")
  void thePortCanBeLeftToConnect(InetAddress host) throws Exception {
    InetAddress foreign = Loopback.foreign(host);
    int fd = net.socket(host);
    enable(fd, SocketOption.IP_TRANSPARENT);
    enable(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT);
    assertEquals(0, calls.bind(fd, foreign, 0));
    assertEquals(new InetSocketAddress(foreign, 0), calls.localAddress(fd));
    net.connecting(fd, calls.localAddress(net.listener(host)));
    assertEquals(foreign, calls.localAddress(fd).getAddress());
    assertNotEquals(0, calls.localAddress(fd).getPort());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void withoutThatOptionBindChoosesThePort(InetAddress host) throws Exception {
    assertNotEquals(0, calls.localAddress(net.bound(host)).getPort());
  }

  /** It would let a bind succeed without the capability, and every connect fail after it. */
  @Test
  void freebindIsNotUsed() throws Exception {
    assertFalse(
        Arrays.stream(SocketOption.values())
            .anyMatch(option -> option.level == SOL_IP && option.number == IP_FREEBIND));
    int fd = net.socket(InetAddress.getLoopbackAddress());
    enable(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT);
    assertEquals(0, net.option(fd, SOL_IP, IP_FREEBIND));
  }

  @Test
  void aDescriptorNumberIsReusedAtOnce() throws Exception {
    InetAddress host = InetAddress.getLoopbackAddress();
    int lowest = net.socket(host);
    net.close(lowest);
    assertEquals(lowest, net.socket(host));
  }
}

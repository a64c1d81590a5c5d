package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pellucid.runtime.linux.Loopback.Connected;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class SocketCallsTest {
  private static final String EACH_FAMILY = "dev.pellucid.runtime.linux.Loopback#addresses";
  private static final int F_GETFD = 1;
  private static final int F_GETFL = 3;
  private static final int FD_CLOEXEC = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_DOMAIN = 39;
  private static final int SOCK_STREAM = 1;
  private static final int EISCONN = 106;

  private final Loopback net = new Loopback();
  private final SocketCalls calls = net.calls;

  @AfterEach
  void close() {
    net.close();
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void opensNonBlockingTcpSocketsOfTheFamily(InetAddress host) throws Exception {
    int fd = net.socket(host);
    assertEquals(SOCK_STREAM, net.option(fd, SOL_SOCKET, SO_TYPE));
    assertEquals(SocketAddresses.family(host), net.option(fd, SOL_SOCKET, SO_DOMAIN));
    assertNonBlockingAndClosedOnExec(fd);
  }

  private static void assertNonBlockingAndClosedOnExec(int fd) {
    assertNotEquals(0, LibC.C.fcntl(fd, F_GETFL, 0) & Descriptor.O_NONBLOCK);
    assertEquals(FD_CLOEXEC, LibC.C.fcntl(fd, F_GETFD, 0));
  }

  static Stream<Arguments> optionsOfEachFamily() throws Exception {
    return Loopback.addresses()
        .flatMap(host -> Stream.of(SocketOption.values()).map(o -> Arguments.of(host, o)))
        .filter(SocketCallsTest::fits);
  }

  private static boolean fits(Arguments arguments) {
    InetAddress host = (InetAddress) arguments.get()[0];
    return switch ((SocketOption) arguments.get()[1]) {
      case IPV6_V6ONLY, IPV6_RECVORIGDSTADDR ->
          SocketAddresses.family(host) == SocketAddresses.AF_INET6;
      case SO_RCVBUF -> false;
      default -> true;
    };
  }

  @ParameterizedTest
  @MethodSource("optionsOfEachFamily")
  void setsOptions(InetAddress host, SocketOption option) throws Exception {
    assumeTrue(option != SocketOption.IP_TRANSPARENT || !"off".equals(System.getProperty("lab")));
    int fd = net.socket(host);
    boolean before = option == SocketOption.TCP_QUICKACK;
    assertEquals(before ? 1 : 0, net.option(fd, option));
    assertEquals(0, before ? calls.disable(fd, option) : calls.enable(fd, option));
    assertEquals(before ? 0 : 1, net.option(fd, option));
  }

  /** socket(7): the kernel doubles it. */
  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void setsTheReceiveBuffer(InetAddress host) throws Exception {
    int fd = net.socket(host);
    assertEquals(0, calls.set(fd, SocketOption.SO_RCVBUF, 8192));
    assertEquals(16384, net.option(fd, SocketOption.SO_RCVBUF));
  }

  @ParameterizedTest
  @EnumSource(SocketOption.class)
  void reportsOptionsThatCannotBeSet(SocketOption option) {
    assertEquals(-Loopback.EBADF, calls.enable(-1, option));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void bindsWhereItIsTold(InetAddress host) throws Exception {
    InetSocketAddress free = calls.localAddress(net.bound(host));
    net.close();
    int fd = net.socket(host);
    assertEquals(0, calls.bind(fd, host, free.getPort()));
    assertEquals(free, calls.localAddress(fd));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void reportsThatAnAddressIsInUse(InetAddress host) throws Exception {
    int port = calls.localAddress(net.listener(host)).getPort();
    assertEquals(-Errno.EADDRINUSE, calls.bind(net.socket(host), host, port));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void reportsThatAnAddressIsNotOfThisHost(InetAddress host) throws Exception {
    int fd = net.socket(host);
    assertEquals(-Errno.EADDRNOTAVAIL, calls.bind(fd, Loopback.foreign(host), 0));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void listenReportsThatAnotherSocketListensThere(InetAddress host) throws Exception {
    int first = reusing(host, 0);
    int second = reusing(host, calls.localAddress(first).getPort());
    assertEquals(0, calls.listen(first, 1));
    assertEquals(-Errno.EADDRINUSE, calls.listen(second, 1));
  }

  private int reusing(InetAddress host, int port) throws Exception {
    int fd = net.socket(host);
    assertEquals(0, calls.enable(fd, SocketOption.SO_REUSEADDR));
    assertEquals(0, calls.bind(fd, host, port));
    return fd;
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void acceptsAndTellsThePeer(InetAddress host) throws Exception {
    int listener = net.listener(host);
    int client = net.connecting(net.socket(host), calls.localAddress(listener));
    net.await(listener, Epoll.IN);
    int accepted = net.own(calls.accept(listener));
    InetSocketAddress peer = calls.acceptedPeer();
    assertEquals(calls.localAddress(client), peer);
    assertEquals(calls.localAddress(listener), calls.localAddress(accepted));
    assertNonBlockingAndClosedOnExec(accepted);
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void acceptReportsThatNobodyConnects(InetAddress host) throws Exception {
    assertEquals(-Errno.EAGAIN, calls.accept(net.listener(host)));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void connectsInTheBackground(InetAddress host) throws Exception {
    InetSocketAddress destination = calls.localAddress(net.listener(host));
    int fd = net.socket(host);
    assertEquals(-Errno.EINPROGRESS, calls.connect(fd, destination));
    net.await(fd, Epoll.OUT);
    assertEquals(0, calls.takeError(fd));
    // connect(2): once established, the next call says so, and those after it complain.
    assertEquals(0, calls.connect(fd, destination));
    assertEquals(-EISCONN, calls.connect(fd, destination));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void aRefusedConnectionIsAnErrorThatIsTakenOnce(InetAddress host) throws Exception {
    // Bound, so that nobody else can listen there.
    InetSocketAddress closed = calls.localAddress(net.bound(host));
    int fd = net.connecting(net.socket(host), closed);
    net.await(fd, Epoll.OUT);
    assertEquals(Errno.ECONNREFUSED, calls.takeError(fd));
    assertEquals(0, calls.takeError(fd));
  }

  @Test
  void anErrorThatCannotBeTakenIsOneItself() {
    assertEquals(Loopback.EBADF, calls.takeError(-1));
  }

  @Test
  void throwsWhereThereIsNoLocalAddress() {
    LinuxException e = assertThrows(LinuxException.class, () -> calls.localAddress(-1));
    assertEquals(Loopback.EBADF, e.errno());
    assertTrue(e.getMessage().startsWith("getsockname: "), e.getMessage());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void sendsAndReceives(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    assertEquals(-Errno.EAGAIN, net.receive(pair.server()));
    net.send(pair.client(), "from the client");
    net.send(pair.server(), "from the server");
    net.await(pair.server(), Epoll.IN);
    assertEquals("from the client", net.receiveText(pair.server()));
    net.await(pair.client(), Epoll.IN);
    assertEquals("from the server", net.receiveText(pair.client()));
    assertEquals(-Errno.EAGAIN, net.receive(pair.client()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void sendsAsMuchAsThereIsRoomFor(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.fill(pair.client());
    assertEquals(-Errno.EAGAIN, net.send(pair.client(), new byte[1], 0, 1, false));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void keepsAPartialSegmentBackWhenMoreFollows(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    assertEquals(0, calls.enable(pair.client(), SocketOption.TCP_NODELAY));
    byte[] text = "last words".getBytes(StandardCharsets.US_ASCII);
    assertEquals(text.length, net.send(pair.client(), text, 0, text.length, true));
    assertEquals(-Errno.EAGAIN, net.receive(pair.server()));
    calls.shutdownWrite(pair.client());
    assertEquals(Epoll.IN | Epoll.RDHUP, net.await(pair.server(), Epoll.IN | Epoll.RDHUP));
    assertEquals("last words", net.receiveText(pair.server()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void anEndOfOneDirectionLeavesTheOther(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    calls.shutdownWrite(pair.client());
    net.await(pair.server(), Epoll.IN);
    assertEquals(0, net.receive(pair.server()));
    assertEquals(-Errno.EPIPE, net.send(pair.client(), new byte[1], 0, 1, false));
    net.send(pair.server(), "still there");
    net.await(pair.client(), Epoll.IN);
    assertEquals("still there", net.receiveText(pair.client()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void thePeerOfAResetConnectionSeesAReset(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.reset(pair.client());
    net.await(pair.server(), Epoll.IN);
    assertEquals(-Errno.ECONNRESET, net.receive(pair.server()));
    assertEquals(-Errno.EPIPE, net.send(pair.server(), new byte[1], 0, 1, false));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void aResetDiscardsWhatThePeerHasNotTaken(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.fill(pair.client());
    net.reset(pair.client());
    net.await(pair.server(), Epoll.ERR);
    assertEquals(Errno.ECONNRESET, calls.takeError(pair.server()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void endingAConnectionThatIsGoneDoesNothing(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.reset(pair.client());
    net.await(pair.server(), Epoll.ERR);
    calls.shutdownWrite(pair.server());
    assertEquals(Errno.ECONNRESET, calls.takeError(pair.server()));
  }

  @Test
  void reportsBadDescriptors() {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assertEquals(-Loopback.EBADF, calls.bind(-1, anywhere.getAddress(), 0));
    assertEquals(-Loopback.EBADF, calls.listen(-1, 1));
    assertEquals(-Loopback.EBADF, calls.accept(-1));
    assertEquals(-Loopback.EBADF, calls.connect(-1, anywhere));
    assertEquals(-Loopback.EBADF, net.receive(-1));
    assertEquals(-Loopback.EBADF, net.send(-1, new byte[1], 0, 1, false));
  }
}

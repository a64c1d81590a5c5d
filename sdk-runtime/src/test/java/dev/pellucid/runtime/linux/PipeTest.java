package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.linux.Loopback.Connected;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** splice has six arguments, which jnr-ffi gets wrong for some signatures: see {@link LibC}. */
@Timeout(20)
class PipeTest {
  private static final String EACH_FAMILY = "dev.pellucid.runtime.linux.Loopback#addresses";

  private final Loopback net = new Loopback();
  private final NativeMemory scratch = NativeMemory.allocate(8);
  private Pipe pipe;

  @BeforeEach
  void open() throws Exception {
    pipe = Pipe.open(1 << 20, scratch);
  }

  @AfterEach
  void close() {
    pipe.close();
    net.close();
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void movesAMessageFromSocketToSocket(InetAddress host) throws Exception {
    Connected from = net.connected(host);
    Connected to = net.connected(host);
    net.send(from.client(), "six arguments");
    net.await(from.server(), Epoll.IN);
    assertEquals(13, pipe.fillFrom(from.server(), Long.MAX_VALUE));
    assertEquals(13, pipe.held());
    assertEquals(13, pipe.emptyInto(to.client()));
    assertEquals(0, pipe.held());
    net.await(to.server(), Epoll.IN);
    assertEquals("six arguments", net.receiveText(to.server()));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void movesBulkExactlyAndInOrder(InetAddress host) throws Exception {
    byte[] sent = Loopback.noise(3_000_001);
    assertArrayEquals(sent, passThrough(sent, net.connected(host), net.connected(host)));
  }

  /** Sender, pipe and receiver take turns, each as far as it can go, on this one thread. */
  private byte[] passThrough(byte[] bytes, Connected from, Connected to) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int sent = 0;
    while (received.size() < bytes.length) {
      sent += (int) moved(net.send(from.client(), bytes, sent, bytes.length - sent, false));
      if (pipe.held() == 0) {
        moved(pipe.fillFrom(from.server(), Long.MAX_VALUE));
      }
      if (pipe.held() > 0) {
        moved(pipe.emptyInto(to.client()));
      }
      takeInto(received, to.server());
    }
    assertEquals(0, pipe.held());
    return received.toByteArray();
  }

  private static long moved(long result) {
    assertTrue(result >= 0 || result == -Errno.EAGAIN, () -> "failed with " + result);
    return Math.max(0, result);
  }

  private void takeInto(ByteArrayOutputStream received, int fd) throws IOException {
    if (net.readable(fd)) {
      received.write(net.receiveBytes(fd));
    }
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void anEmptySocketIsEagain(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    assertEquals(-Errno.EAGAIN, pipe.fillFrom(pair.server(), Long.MAX_VALUE));
    assertEquals(0, pipe.held());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void theEndOfTheStreamIsZero(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.calls.shutdownWrite(pair.client());
    net.await(pair.server(), Epoll.RDHUP);
    assertEquals(0, pipe.fillFrom(pair.server(), Long.MAX_VALUE));
    assertEquals(0, pipe.held());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void aSocketWithoutRoomIsEagainAndLosesNothing(InetAddress host) throws Exception {
    Connected from = net.connected(host);
    Connected to = net.connected(host);
    net.fill(to.client());
    net.send(from.client(), "waits");
    net.await(from.server(), Epoll.IN);
    assertEquals(5, pipe.fillFrom(from.server(), Long.MAX_VALUE));
    assertEquals(-Errno.EAGAIN, pipe.emptyInto(to.client()));
    assertEquals(5, pipe.held());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void countsWhatASlowReceiverLeaves(InetAddress host) throws Exception {
    Connected from = net.connected(host);
    Connected to = net.connected(host);
    long moved;
    do {
      net.fill(from.client());
      net.await(from.server(), Epoll.IN);
      long filled = pipe.fillFrom(from.server(), Long.MAX_VALUE);
      assertEquals(filled, pipe.held());
      moved = moved(pipe.emptyInto(to.client()));
      assertEquals(filled - moved, pipe.held());
    } while (pipe.held() == 0);
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void resetsAreReported(InetAddress host) throws Exception {
    Connected from = net.connected(host);
    Connected to = net.connected(host);
    net.send(from.client(), "x");
    net.await(from.server(), Epoll.IN);
    assertEquals(1, pipe.fillFrom(from.server(), Long.MAX_VALUE));
    net.reset(from.client());
    net.reset(to.server());
    net.await(from.server(), Epoll.ERR);
    net.await(to.client(), Epoll.ERR);
    assertEquals(-Errno.ECONNRESET, pipe.fillFrom(from.server(), Long.MAX_VALUE));
    assertEquals(-Errno.ECONNRESET, pipe.emptyInto(to.client()));
    assertEquals(-Errno.EPIPE, pipe.emptyInto(to.client()));
    assertEquals(1, pipe.held());
  }

  @Test
  void badDescriptorsAreReported() {
    assertEquals(-Loopback.EBADF, pipe.fillFrom(-1, Long.MAX_VALUE));
  }

  @Test
  void aRefusedCapacityLeavesTheDefault() throws Exception {
    Connected pair = net.connected(InetAddress.getLoopbackAddress());
    net.send(pair.client(), "small");
    net.await(pair.server(), Epoll.IN);
    try (Pipe small = Pipe.open(-1, scratch)) {
      assertEquals(5, small.fillFrom(pair.server(), Long.MAX_VALUE));
    }
  }

  @Test
  void closesBothEnds() throws Exception {
    long before = pipesOpen();
    Pipe another = Pipe.open(1 << 16, scratch);
    assertEquals(before + 2, pipesOpen());
    another.close();
    assertEquals(before, pipesOpen());
  }

  private static long pipesOpen() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(PipeTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException e) {
      // The listing's own descriptor, closed by now.
      return false;
    }
  }
}

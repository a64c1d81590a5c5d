package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.linux.Loopback.Connected;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
class EpollTest {
  private static final String EACH_FAMILY = "dev.pellucid.runtime.linux.Loopback#addresses";
  private static final int ALL = Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.PRI;
  private static final int EEXIST = 17;
  private static final int MSG_OOB = 1;

  private final Loopback net = new Loopback();
  private Epoll epoll;

  @BeforeEach
  void create() throws Exception {
    epoll = Epoll.create(2);
  }

  @AfterEach
  void close() {
    epoll.close();
    net.close();
  }

  private int next() throws LinuxException {
    assertEquals(1, epoll.await(Loopback.PATIENCE_MILLIS));
    return epoll.events(0);
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void edgeTriggeredTellsEachArrivalOnce(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    epoll.add(pair.server(), Epoll.IN | Epoll.EDGE_TRIGGERED, 1);
    net.send(pair.client(), "a");
    assertEquals(Epoll.IN, next());
    assertEquals(0, epoll.await(0));
    net.send(pair.client(), "b");
    assertEquals(Epoll.IN, next());
    assertEquals(0, epoll.await(0));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void levelTriggeredTellsAgain(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    epoll.add(pair.server(), Epoll.IN, 1);
    net.send(pair.client(), "a");
    assertEquals(Epoll.IN, next());
    assertEquals(Epoll.IN, next());
  }

  @Test
  void theTagAndTheDescriptorComeBack() throws Exception {
    Connected pair = net.connected(InetAddress.getLoopbackAddress());
    epoll.add(pair.client(), Epoll.OUT, Integer.MIN_VALUE);
    assertEquals(Epoll.OUT, next());
    assertEquals(pair.client(), epoll.descriptor(0));
    assertEquals(Integer.MIN_VALUE, epoll.tag(0));
  }

  @Test
  void severalEventsKeepTheirTagsApart() throws Exception {
    Connected pair = net.connected(InetAddress.getLoopbackAddress());
    epoll.add(pair.client(), Epoll.OUT, pair.client() + 1000);
    epoll.add(pair.server(), Epoll.OUT, pair.server() + 1000);
    assertEquals(2, epoll.await(Loopback.PATIENCE_MILLIS));
    assertEquals(epoll.descriptor(0) + 1000, epoll.tag(0));
    assertEquals(epoll.descriptor(1) + 1000, epoll.tag(1));
    assertNotEquals(epoll.descriptor(0), epoll.descriptor(1));
  }

  @Test
  void oneWaitReturnsNoMoreThanTheCapacity() throws Exception {
    Connected pair = net.connected(InetAddress.getLoopbackAddress());
    Connected other = net.connected(InetAddress.getLoopbackAddress());
    for (int fd : new int[] {pair.client(), pair.server(), other.client()}) {
      epoll.add(fd, Epoll.OUT | Epoll.EDGE_TRIGGERED, 0);
    }
    assertEquals(2, epoll.await(Loopback.PATIENCE_MILLIS));
    Set<Integer> first = Set.of(epoll.descriptor(0), epoll.descriptor(1));
    next();
    assertTrue(!first.contains(epoll.descriptor(0)), "one was told twice, another not at all");
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void tellsThatThereIsRoom(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.fill(pair.client());
    epoll.add(pair.client(), Epoll.OUT | Epoll.EDGE_TRIGGERED, 0);
    assertEquals(0, epoll.await(0));
    while (epoll.await(0) == 0) {
      net.await(pair.server(), Epoll.IN);
      net.receive(pair.server());
    }
    assertEquals(Epoll.OUT, epoll.events(0));
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void anEndOfStreamIsRdhup(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    epoll.add(pair.server(), ALL, 0);
    assertEquals(Epoll.OUT, next());
    net.calls.shutdownWrite(pair.client());
    net.await(pair.server(), Epoll.RDHUP);
    assertEquals(Epoll.IN | Epoll.OUT | Epoll.RDHUP, next());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void anEndInBothDirectionsIsHup(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    net.calls.shutdownWrite(pair.server());
    net.calls.shutdownWrite(pair.client());
    net.await(pair.server(), Epoll.RDHUP);
    epoll.add(pair.server(), ALL, 0);
    assertEquals(Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.HUP, next());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void aResetIsErr(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    epoll.add(pair.server(), ALL | Epoll.EDGE_TRIGGERED, 0);
    assertEquals(Epoll.OUT, next());
    net.reset(pair.client());
    net.await(pair.server(), Epoll.ERR);
    assertEquals(Epoll.IN | Epoll.OUT | Epoll.RDHUP | Epoll.HUP | Epoll.ERR, next());
  }

  @ParameterizedTest
  @MethodSource(EACH_FAMILY)
  void urgentDataIsPri(InetAddress host) throws Exception {
    Connected pair = net.connected(host);
    epoll.add(pair.server(), Epoll.PRI | Epoll.EDGE_TRIGGERED, 0);
    NativeMemory one = NativeMemory.allocate(1);
    assertEquals(1, LibC.C.send(pair.client(), one.address(), 1, MSG_OOB));
    assertEquals(Epoll.PRI, next());
  }

  @Test
  void aTimeoutEndsTheWait() throws Exception {
    assertEquals(0, epoll.await(0));
    long before = System.nanoTime();
    assertEquals(0, epoll.await(50));
    assertTrue(System.nanoTime() - before >= TimeUnit.MILLISECONDS.toNanos(50));
  }

  @Test
  void withoutATimeoutAnotherThreadEndsTheWait() throws Exception {
    try (EventFd wakeUp = EventFd.create()) {
      epoll.add(wakeUp.descriptor(), Epoll.IN, 5);
      CompletableFuture<Long> thread = new CompletableFuture<>();
      CompletableFuture<Integer> awaited = awaitOnAnotherThread(thread);
      awaitAsleep(Await.result(thread));
      wakeUp.signal();
      assertEquals(1, Await.result(awaited));
      assertEquals(5, epoll.tag(0));
    }
  }

  private static void awaitAsleep(long thread) throws Exception {
    Path stat = Path.of("/proc/self/task/" + thread + "/stat");
    Await.until("the thread never waits", () -> Files.readString(stat).contains(") S "));
  }

  private CompletableFuture<Integer> awaitOnAnotherThread(CompletableFuture<Long> thread) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                thread.complete(NetworkNamespace.threadId());
                result.complete(epoll.await(-1));
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            });
    waiter.setDaemon(true);
    waiter.start();
    return result;
  }

  @Test
  void closingADescriptorRemovesIt() throws Exception {
    Connected pair = net.connected(InetAddress.getLoopbackAddress());
    epoll.add(pair.client(), Epoll.OUT, 0);
    net.close(pair.client());
    assertEquals(0, epoll.await(0));
  }

  @Test
  void refusesWhatIsNoDescriptor() {
    LinuxException e = assertThrows(LinuxException.class, () -> epoll.add(-1, Epoll.IN, 0));
    assertEquals(Loopback.EBADF, e.errno());
  }

  @Test
  void refusesADescriptorThatItHas() throws Exception {
    int fd = net.socket(InetAddress.getLoopbackAddress());
    epoll.add(fd, Epoll.IN, 0);
    LinuxException e = assertThrows(LinuxException.class, () -> epoll.add(fd, Epoll.IN, 0));
    assertEquals(EEXIST, e.errno());
  }
}

package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@Timeout(20)
@DisabledIfSystemProperty(named = "lab", matches = "off", disabledReason = "-Dlab=off")
class NetworkNamespaceTest {
  private static final int ENOENT = 2;

  private final ExecutorService mover = Executors.newSingleThreadExecutor();
  private final ExecutorService follower = Executors.newSingleThreadExecutor();

  @AfterEach
  void endTheThreadsThatMoved() {
    mover.shutdown();
    follower.shutdown();
  }

  private static <T> T on(ExecutorService thread, Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return Await.result(result);
  }

  private static String namespace() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
  }

  private static String unshare() throws IOException {
    NetworkNamespace.unshare();
    return namespace();
  }

  private static String enter(Path file) throws IOException {
    NetworkNamespace.enter(file);
    return namespace();
  }

  private static Path fileOf(long thread) {
    return Path.of("/proc/self/task/" + thread + "/ns/net");
  }

  @Test
  void unshareMovesTheCallingThreadAlone() throws Exception {
    String before = namespace();
    assertEquals(before, on(mover, NetworkNamespaceTest::namespace));
    assertNotEquals(before, on(mover, NetworkNamespaceTest::unshare));
    assertEquals(before, namespace());
    assertEquals(before, on(follower, NetworkNamespaceTest::namespace));
  }

  @Test
  void aNewNamespaceIsEmpty() throws Exception {
    on(mover, NetworkNamespaceTest::unshare);
    // Its only interface is a loopback that is down.
    String devices = on(mover, () -> Files.readString(Path.of("/proc/thread-self/net/dev")));
    assertEquals(3, devices.lines().count(), devices);
    assertTrue(devices.contains("lo:"), devices);
  }

  @Test
  void socketsBelongToTheNamespaceOfTheThreadThatOpensThem() throws Exception {
    InetAddress host = InetAddress.getLoopbackAddress();
    try (Loopback here = new Loopback();
        Loopback there = new Loopback()) {
      int port = here.calls.localAddress(here.listener(host)).getPort();
      on(mover, NetworkNamespaceTest::unshare);
      int fd = on(mover, () -> there.socket(host));
      // Taken here, free there.
      assertEquals(0, there.calls.bind(fd, host, port));
    }
  }

  @Test
  void enterJoinsAnotherThreadsNamespace() throws Exception {
    String unshared = on(mover, NetworkNamespaceTest::unshare);
    Path file = fileOf(on(mover, NetworkNamespace::threadId));
    assertEquals(unshared, on(follower, () -> enter(file)));
  }

  @Test
  void enterLeadsBack() throws Exception {
    String home = namespace();
    Path file = fileOf(NetworkNamespace.threadId());
    on(mover, NetworkNamespaceTest::unshare);
    assertEquals(home, on(mover, () -> enter(file)));
  }

  @Test
  void enterSaysWhichFileIsMissing() {
    Path missing = Path.of("/proc/self/ns/missing");
    LinuxException e = assertThrows(LinuxException.class, () -> NetworkNamespace.enter(missing));
    assertEquals(ENOENT, e.errno());
    assertTrue(e.getMessage().startsWith("open /proc/self/ns/missing: "), e.getMessage());
  }

  @Test
  void enterRefusesWhatIsNoNamespace() throws Exception {
    String before = namespace();
    Path file = Path.of("/dev/null");
    LinuxException e = assertThrows(LinuxException.class, () -> NetworkNamespace.enter(file));
    assertEquals(Errno.EINVAL, e.errno());
    assertTrue(e.getMessage().startsWith("setns /dev/null: "), e.getMessage());
    assertEquals(before, namespace());
  }

  @Test
  void theThreadIdIsTheKernels() throws Exception {
    long id =
        on(
            mover,
            () -> {
              Files.writeString(Path.of("/proc/thread-self/comm"), "known-by-name");
              return NetworkNamespace.threadId();
            });
    Path comm = Path.of("/proc/self/task/" + id + "/comm");
    assertEquals("known-by-name", Files.readString(comm).strip());
    assertNotEquals(id, NetworkNamespace.threadId());
  }
}

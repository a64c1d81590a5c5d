package dev.pellucid.runtime.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.loop.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Lab
@Timeout(30)
class ReplySocketsTest {
  private static final int PORT = 5353;
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private LabNetwork net;
  private EventLoop loop;

  @BeforeEach
  void startLoop(LabNetwork net) throws Exception {
    this.net = net;
    loop = net.proxy().call(() -> EventLoop.start("replies"));
    net.closeAtEnd(() -> Await.result(loop.close()));
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return Await.result(result);
  }

  private DatagramLeg acquire(int host) throws Exception {
    InetSocketAddress address = new InetSocketAddress("192.0.2." + host, PORT);
    return onLoop(() -> ReplySockets.of(loop).acquire(address, 0, CLIENT));
  }

  private void close(DatagramLeg leg) throws Exception {
    onLoop(
        () -> {
          leg.close();
          return null;
        });
  }

  /** How many sockets of the proxy's host are bound to the port. */
  private long open() throws Exception {
    String port = String.format(Locale.ROOT, ":%04X ", PORT);
    return net.proxy()
        .call(
            () ->
                Files.readAllLines(Path.of("/proc/thread-self/net/udp")).stream()
                    .filter(line -> line.substring(0, 28).contains(port))
                    .count());
  }

  @Test
  void sessionsShareASocketForEachAddress() throws Exception {
    DatagramLeg first = acquire(1);
    DatagramLeg second = acquire(1);
    assertEquals(1, open());
    DatagramLeg other = acquire(2);
    assertEquals(2, open());
    close(first);
    close(second);
    close(other);
  }

  @Test
  void aSocketIsKeptForAMomentAndUsedAgain() throws Exception {
    close(acquire(1));
    assertEquals(1, open());
    DatagramLeg again = acquire(1);
    assertEquals(1, open());
    assertEquals(0, onLoop(loop::timers));
    close(again);
    assertEquals(1, onLoop(loop::timers));
    Await.until("sockets are open", () -> open() == 0);
    assertEquals(0, onLoop(loop::timers));
  }

  @Test
  void fewAreKept() throws Exception {
    List<DatagramLeg> legs = new ArrayList<>();
    for (int i = 1; i <= ReplySockets.MAX_IDLE + 10; i++) {
      legs.add(acquire(i));
    }
    assertEquals(ReplySockets.MAX_IDLE + 10, open());
    for (DatagramLeg leg : legs) {
      close(leg);
    }
    assertEquals(ReplySockets.MAX_IDLE, open());
  }
}

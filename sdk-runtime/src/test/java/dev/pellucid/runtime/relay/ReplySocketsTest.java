package dev.pellucid.runtime.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
  private LabLoop loop;

  @BeforeEach
  void startLoop(LabNetwork net) throws Exception {
    this.net = net;
    loop = LabLoop.start(net);
  }

  private DatagramLeg acquire(int host) throws Exception {
    InetSocketAddress address = new InetSocketAddress("192.0.2." + host, PORT);
    return loop.call(() -> ReplySockets.of(loop.loop()).acquire(address, 0, CLIENT));
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
    loop.close(first);
    loop.close(second);
    loop.close(other);
  }

  @Test
  void aSocketIsKeptForAMomentAndUsedAgain() throws Exception {
    loop.close(acquire(1));
    assertEquals(1, open());
    DatagramLeg again = acquire(1);
    assertEquals(1, open());
    loop.close(again);
    Await.until("sockets are open", () -> open() == 0);
    assertEquals(0, loop.call(loop.loop()::timers));
  }

  @Test
  void fewAreKept() throws Exception {
    List<DatagramLeg> legs = new ArrayList<>();
    for (int i = 1; i <= ReplySockets.MAX_IDLE + 10; i++) {
      legs.add(acquire(i));
    }
    assertEquals(ReplySockets.MAX_IDLE + 10, open());
    for (DatagramLeg leg : legs) {
      loop.close(leg);
    }
    assertEquals(ReplySockets.MAX_IDLE, open());
  }
}

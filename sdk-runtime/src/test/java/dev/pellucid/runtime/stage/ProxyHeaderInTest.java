package dev.pellucid.runtime.stage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.ProxyProtocol;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.stage.LoopbackProxy.On;
import dev.pellucid.runtime.stage.LoopbackProxy.Running;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A listener whose connections begin with a PROXY protocol header; the peers are written by hand.
 */
@Timeout(60)
class ProxyHeaderInTest {
  private static final String LINE = "PROXY TCP4 10.1.0.2 10.2.0.2 40000 80\r\n";
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
  private static final byte[] BINARY =
      HexFormat.of().parseHex(SIGNATURE + "2111000c" + "0a0100020a0200029c400050");
  private static final byte[] BINARY_6 =
      HexFormat.of()
          .parseHex(
              SIGNATURE
                  + "21210024"
                  + "20010db8000000000000000000000001"
                  + "20010db8000000000000000000000002"
                  + "9c400050");
  private static final InetSocketAddress CLIENT = new InetSocketAddress("10.1.0.2", 40000);
  private static final InetSocketAddress DESTINATION = new InetSocketAddress("10.2.0.2", 80);
  private static final String BAD = "CR bad-proxy-header";

  private LoopbackProxy proxy;

  @AfterEach
  void close() throws Exception {
    proxy.close();
  }

  private Running start(On on, BindSettings settings) throws Exception {
    proxy = new LoopbackProxy(on);
    return proxy.run(settings, proxy.echo());
  }

  private Running start(On on, ProxyProtocol version) throws Exception {
    return start(on, settings(version));
  }

  private static BindSettings settings(ProxyProtocol version) {
    return LoopbackProxy.anyPort().withProxyProtocol(version);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] joined(byte[] header, String payload) {
    byte[] all = Arrays.copyOf(header, header.length + payload.length());
    System.arraycopy(bytes(payload), 0, all, header.length, payload.length());
    return all;
  }

  private Socket send(Running running, byte[] bytes) throws Exception {
    Socket socket = proxy.connect(running.binding());
    socket.setTcpNoDelay(true);
    socket.getOutputStream().write(bytes);
    return socket;
  }

  /** The rest is echoed, and nothing else. */
  private static void assertEchoesToEnd(Socket socket, String payload) throws IOException {
    socket.shutdownOutput();
    assertArrayEquals(bytes(payload), socket.getInputStream().readAllBytes());
  }

  private static void assertForwarded(ConnectionSummary summary, int bytes) {
    Connection connection = summary.connection();
    assertEquals(CLIENT, connection.client());
    assertEquals(DESTINATION, connection.originalDestination());
    assertTrue(connection.intercepted());
    assertEquals("-- finished", summary.termination().toString());
    assertEquals(bytes, summary.bytesFromClient());
  }

  private static void assertReset(Socket socket) {
    assertThrows(SocketException.class, () -> socket.getInputStream().read());
  }

  private static void assertEnded(String termination, Running running) throws Exception {
    assertEquals(termination, running.next().orElseThrow().termination().toString());
    assertEquals(Map.of(termination, 1L), running.binding().terminations());
    assertEquals(0, running.binding().openConnections());
  }

  @ParameterizedTest
  @EnumSource
  void headerAndPayloadInOneSegment(On on) throws Exception {
    Running running = start(on, ProxyProtocol.V1);
    assertEchoesToEnd(send(running, bytes(LINE + "hello")), "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @ParameterizedTest
  @EnumSource
  void version2(On on) throws Exception {
    Running running = start(on, ProxyProtocol.V2);
    assertEchoesToEnd(send(running, joined(BINARY, "hello")), "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @Test
  void version2OfAnIpv6ClientToAnIpv4Listener() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V2);
    assertEchoesToEnd(send(running, joined(BINARY_6, "hello")), "hello");
    Connection connection = running.next().orElseThrow().connection();
    assertEquals(new InetSocketAddress("2001:db8::1", 40000), connection.client());
    assertEquals(new InetSocketAddress("2001:db8::2", 80), connection.originalDestination());
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void aHeaderMayComeByteByByte(ProxyProtocol version) throws Exception {
    Running running = start(On.LOOP, version);
    byte[] header = version == ProxyProtocol.V1 ? bytes(LINE) : BINARY;
    Socket socket = send(running, new byte[0]);
    for (byte next : joined(header, "hello")) {
      socket.getOutputStream().write(next);
    }
    assertEchoesToEnd(socket, "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @Test
  void thePayloadMayComeMuchLater() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V1);
    Socket socket = send(running, bytes(LINE.substring(0, 20)));
    Await.until("it is not accepted", () -> running.binding().openConnections() == 1);
    socket.getOutputStream().write(bytes(LINE.substring(20)));
    for (String payload : new String[] {"one", "two"}) {
      socket.getOutputStream().write(bytes(payload));
      assertArrayEquals(bytes(payload), socket.getInputStream().readNBytes(3));
    }
    assertEchoesToEnd(socket, "");
    assertForwarded(running.next().orElseThrow(), 6);
  }

  @ParameterizedTest
  @EnumSource
  void filtersSeeTheClientAndThePayload(On on) throws Exception {
    proxy = new LoopbackProxy(on);
    List<String> peeked = new CopyOnWriteArrayList<>();
    Running running =
        proxy.run(
            settings(ProxyProtocol.V1),
            Stages.filter(
                connection ->
                    Verdict.later(
                        connection
                            .peek(5, Await.PATIENCE)
                            .thenApply(
                                seen -> {
                                  peeked.add(connection.client() + " " + seen.utf8String());
                                  return Verdict.accept();
                                }))),
            proxy.echo());
    Socket socket = send(running, bytes(LINE.substring(0, 20)));
    Await.until("it is not accepted", () -> running.binding().openConnections() == 1);
    socket.getOutputStream().write(bytes(LINE.substring(20) + "hello"));
    assertEchoesToEnd(socket, "hello");
    assertForwarded(running.next().orElseThrow(), 5);
    assertEquals(List.of(CLIENT + " hello"), peeked);
  }

  @Test
  void extensionsArePassedOver() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V2);
    byte[] header = Arrays.copyOf(BINARY, 4096);
    header[14] = (byte) ((4096 - 16) >> 8);
    header[15] = (byte) (4096 - 16);
    // One extension that takes all the room.
    header[28] = 0x04;
    header[29] = (byte) ((4096 - 31) >> 8);
    header[30] = (byte) (4096 - 31);
    assertEchoesToEnd(send(running, joined(header, "hello")), "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @ParameterizedTest
  @CsvSource({"V1, 50524f585920554e4b4e4f574e0d0a", "V2, " + SIGNATURE + "20000000"})
  void whoSpeaksForItselfKeepsItsAddresses(ProxyProtocol version, String header) throws Exception {
    Running running = start(On.LOOP, version);
    Socket socket = send(running, joined(HexFormat.of().parseHex(header), "hello"));
    assertEchoesToEnd(socket, "hello");
    Connection connection = running.next().orElseThrow().connection();
    assertEquals(socket.getLocalSocketAddress(), connection.client());
    assertEquals(running.binding().localAddress(), connection.originalDestination());
    assertFalse(connection.intercepted());
  }

  @ParameterizedTest
  @EnumSource
  void rubbishIsRefused(On on) throws Exception {
    Running running = start(on, ProxyProtocol.V1);
    assertReset(send(running, bytes("GET / HTTP/1.1\r\n\r\n")));
    assertEnded(BAD, running);
  }

  @Test
  void theOtherVersionIsRefused() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V2);
    Socket socket = send(running, bytes(LINE));
    assertReset(socket);
    ConnectionSummary summary = running.next().orElseThrow();
    assertEquals(BAD, summary.termination().toString());
    // It is the connection's own address that the log tells: the header is not believed.
    assertEquals(socket.getLocalSocketAddress(), summary.connection().client());
  }

  @Test
  void version2IsRefusedWhereVersion1IsAskedFor() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V1);
    assertReset(send(running, BINARY));
    assertEnded(BAD, running);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PROXY TCP4 10."})
  void anEndBeforeTheEndOfTheHeaderIsRefused(String start) throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V1);
    Socket socket = send(running, bytes(start));
    socket.shutdownOutput();
    assertReset(socket);
    assertEnded(BAD, running);
  }

  @Test
  void aResetEndsTheWaiting() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V1);
    Socket socket = send(running, bytes("PROXY TCP4 10."));
    Await.until("it is not accepted", () -> running.binding().openConnections() == 1);
    socket.setSoLinger(true, 0);
    socket.close();
    assertEnded("CR reset", running);
  }

  @ParameterizedTest
  @EnumSource(names = {"V1", "V2"})
  void whateverIsSentEndsOneWayOrTheOther(ProxyProtocol version) throws Exception {
    Running running = start(On.LOOP, version);
    byte[] header = version == ProxyProtocol.V1 ? bytes(LINE) : BINARY;
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] changed = joined(header, "hello");
      changed[random.nextInt(header.length)] = (byte) random.nextInt();
      try (Socket socket = send(running, new byte[0])) {
        socket.getOutputStream().write(changed, 0, random.nextInt(changed.length));
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (SocketException e) {
        assertTrue(e.getMessage().matches("Connection reset|Broken pipe"), e.getMessage());
      }
      assertTrue(running.next().isPresent());
    }
    assertEquals(0, running.binding().openConnections());
    assertEchoesToEnd(send(running, joined(header, "hello")), "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @ParameterizedTest
  @EnumSource
  void silenceHoldsUpNobodyAndHasItsLimit(On on) throws Exception {
    Running running = start(on, ProxyProtocol.V1);
    Socket silent = send(running, new byte[0]);
    Socket slow = send(running, bytes("PROXY "));
    assertEchoesToEnd(send(running, bytes(LINE + "hello")), "hello");
    assertForwarded(running.next().orElseThrow(), 5);
    assertReset(silent);
    assertReset(slow);
    assertEquals("CR timeout", running.next().orElseThrow().termination().toString());
    assertEquals("CR timeout", running.next().orElseThrow().termination().toString());
    assertEquals(0, running.binding().openConnections());
  }

  @ParameterizedTest
  @EnumSource
  void whoIsWaitedForHasAPlaceUnderTheLimit(On on) throws Exception {
    Running running = start(on, settings(ProxyProtocol.V1).withMaxConnections(1));
    Socket silent = send(running, new byte[0]);
    Await.until("it is not accepted", () -> running.binding().openConnections() == 1);
    Socket next = send(running, bytes(LINE + "hello"));
    silent.close();
    assertEquals(BAD, running.next().orElseThrow().termination().toString());
    assertEchoesToEnd(next, "hello");
    assertForwarded(running.next().orElseThrow(), 5);
  }

  @ParameterizedTest
  @EnumSource
  void whoIsWaitedForIsResetWhenTheProxyStopsListening(On on) throws Exception {
    Running running = start(on, ProxyProtocol.V1);
    Binding binding = running.binding();
    Socket open = send(running, bytes(LINE + "hello"));
    assertArrayEquals(bytes("hello"), open.getInputStream().readNBytes(5));
    Socket silent = send(running, bytes("PROXY"));
    Await.until("it is not accepted", () -> binding.openConnections() == 2);
    Await.result(binding.unbind());
    assertReset(silent);
    assertEquals(Map.of("PR stopped", 1L), binding.terminations());
    assertEchoesToEnd(open, "");
    assertForwarded(running.next().orElseThrow(), 5);
    assertTrue(running.next().isEmpty());
    assertEquals(0, binding.openConnections());
  }

  @Test
  void whoIsWaitedForIsResetWithAllOthers() throws Exception {
    Running running = start(On.LOOP, ProxyProtocol.V1);
    Socket silent = send(running, bytes("PROXY"));
    Await.until("it is not accepted", () -> running.binding().openConnections() == 1);
    running.binding().abortConnections();
    assertReset(silent);
    assertEnded("PR stopped", running);
  }
}

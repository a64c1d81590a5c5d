package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What SO_ORIGINAL_DST tells. */
@Lab
@Timeout(30)
class OriginalDestinationTest {
  private static final int PORT = 80;
  private static final int LISTENER = 50080;

  private final Loopback net = new Loopback();

  @AfterEach
  void close() {
    net.close();
  }

  private int listen(InetAddress any) throws LinuxException {
    int fd = net.socket(any);
    LinuxException.check("bind", net.calls.bind(fd, any, LISTENER));
    LinuxException.check("listen", net.calls.listen(fd, 16));
    return fd;
  }

  private int accept(LabNetwork lab, LabHost host, boolean six, InetSocketAddress asked)
      throws Exception {
    InetAddress any = InetAddress.getByName(six ? "::" : "0.0.0.0");
    int listener = host.call(() -> listen(any));
    lab.closeAtEnd(lab.client().call(() -> connect(asked)));
    net.await(listener, Epoll.IN);
    return net.own(LinuxException.check("accept", net.calls.accept(listener)));
  }

  private static Socket connect(InetSocketAddress asked) throws IOException {
    Socket socket = new Socket();
    socket.connect(asked, 5000);
    return socket;
  }

  private InetSocketAddress originalDestination(int fd) throws LinuxException {
    InetAddress local = net.calls.localAddress(fd).getAddress();
    InetSocketAddress destination = net.calls.originalDestination(fd, local);
    if (destination == null) {
      throw new AssertionError("connection tracking does not know the connection");
    }
    return destination;
  }

  @ParameterizedTest
  @CsvSource({"NFT, false", "NFT, true", "IPTABLES, false", "IPTABLES, true"})
  void isWhereARedirectedConnectionWent(FirewallTool tool, boolean six, LabNetwork lab)
      throws Exception {
    lab.redirect(tool, PORT, LISTENER);
    InetSocketAddress asked = six ? lab.server(0).at6(PORT) : lab.server(0).at(PORT);
    assertEquals(asked, originalDestination(accept(lab, lab.proxy(), six, asked)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isTheListenerWhereNothingWasRedirected(boolean six, LabNetwork lab) throws Exception {
    lab.redirect(FirewallTool.NFT, PORT, LISTENER);
    InetSocketAddress asked = six ? lab.proxy().at6(LISTENER) : lab.proxy().at(LISTENER);
    assertEquals(asked, originalDestination(accept(lab, lab.proxy(), six, asked)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isUnknownWhereNothingIsTracked(boolean six, LabNetwork lab) throws Exception {
    // Connection tracking is there, but not on this host.
    lab.redirect(FirewallTool.NFT, PORT, LISTENER);
    InetSocketAddress asked = six ? lab.server(0).at6(LISTENER) : lab.server(0).at(LISTENER);
    int accepted = accept(lab, lab.server(0), six, asked);
    assertNull(net.calls.originalDestination(accepted, asked.getAddress()));
  }

  @ParameterizedTest
  @MethodSource("dev.pellucid.runtime.linux.Loopback#addresses")
  void failsOnWhatIsNoSocket(InetAddress host) {
    LinuxException failure =
        assertThrows(LinuxException.class, () -> net.calls.originalDestination(-1, host));
    assertEquals(Loopback.EBADF, failure.errno());
  }
}

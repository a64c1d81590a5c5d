package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.KeptNamespace;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.SocketCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A client in a network namespace of its own, whose packets this host takes for packets that have
 * arrived on one of its interfaces. Nothing comes back to it: replies leave by that interface.
 *
 * <p>The namespace lives as long as one thread of this process, and with it goes the cable that
 * joins it to this host: whatever ends this process, nothing is left behind.
 */
final class SyntheticClient implements AutoCloseable {
  /** Of this host's end of the cable, so that the client need not ask. */
  private static final String ADDRESS = "02:50:65:6c:6c:75";

  // If both ends had one number, the kernel might take a second to report that they are joined.
  private static final int PEER_INDEX = 1_000_000;

  private final KeptNamespace namespace;
  private final SocketCalls calls = new SocketCalls();
  private final String cable;
  private int socket = -1;

  private SyntheticClient(KeptNamespace namespace) {
    this.namespace = namespace;
    this.cable = "probe" + namespace.keeperId();
  }

  /**
   * Joins a client to this host.
   *
   * @param device the interface that its packets arrive on
   * @throws LinuxException if this process may not make network namespaces
   * @throws dev.pellucid.runtime.host.HostCommandException if ip or tc fails
   */
  static SyntheticClient join(String device) throws IOException, InterruptedException {
    KeptNamespace namespace = KeptNamespace.open("synthetic-client");
    try {
      SyntheticClient client = new SyntheticClient(namespace);
      client.connectCable(device);
      return client;
    } catch (IOException | InterruptedException e) {
      namespace.release();
      throw e;
    }
  }

  private void connectCable(String device) throws IOException, InterruptedException {
    run(
        "ip link add %s address %s type veth peer name eth0 index %d netns %d"
            .formatted(cable, ADDRESS, PEER_INDEX, namespace.keeperId()));
    // Before it is up: this host itself is to take nothing from it, and sends nothing to it.
    run("tc qdisc add dev %s clsact".formatted(cable));
    run(
        "tc filter add dev %s ingress protocol all u32 match u32 0 0 action mirred ingress redirect dev %s"
            .formatted(cable, device));
    run("ip link set %s addrgenmode none up".formatted(cable));
  }

  /**
   * Sends a SYN.
   *
   * @param from its address
   * @param destination where to
   * @return its address and port
   */
  InetSocketAddress connect(InetAddress from, InetSocketAddress destination)
      throws IOException, InterruptedException {
    return namespace.onKeeper(
        () -> {
          configure(from, destination.getAddress());
          return open(destination);
        });
  }

  private static void configure(InetAddress from, InetAddress to)
      throws IOException, InterruptedException {
    boolean four = IpFamily.of(from) == IpFamily.IPV4;
    String source = from.getHostAddress();
    String destination = to.getHostAddress();
    run("ip address add %s/%s dev eth0".formatted(source, four ? "32" : "128 nodad"));
    run("ip link set eth0 up");
    run("ip route add %s dev eth0 src %s".formatted(destination, source));
    run("ip neighbour add %s lladdr %s dev eth0".formatted(destination, ADDRESS));
  }

  private InetSocketAddress open(InetSocketAddress destination) throws LinuxException {
    socket = LinuxException.check("socket", calls.tcpSocket(destination.getAddress()));
    int result = calls.connect(socket, destination);
    if (result != -Errno.EINPROGRESS) {
      LinuxException.check("connect", result);
    }
    return calls.localAddress(socket);
  }

  private static void run(String command) throws IOException, InterruptedException {
    HostCommand.run(command.split(" ", -1));
  }

  /** Takes the cable away, and lets the namespace go. */
  @Override
  public void close() throws IOException, InterruptedException {
    if (socket >= 0) {
      Descriptor.close(socket);
    }
    try {
      run("ip link delete " + cable);
    } finally {
      namespace.release();
    }
  }
}

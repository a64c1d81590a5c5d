package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.linux.Errno;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What an upstream's failing to answer means. */
final class UpstreamFindings {
  private UpstreamFindings() {}

  static Finding down(Transport transport, InetSocketAddress upstream, int errno) {
    String host = upstream.getAddress().getHostAddress();
    String option = transport == Transport.TCP ? "t" : "u";
    return new Finding(
        FindingType.UPSTREAM_DOWN,
        "upstream %s by %s".formatted(Addresses.text(upstream), transport),
        "%s %s a connection from this host's own address by %s: %s."
            .formatted(Addresses.text(upstream), verb(errno), transport, Errno.describe(errno)),
        "No client that is sent there gets an answer.",
        "# on %s, start what listens on %s port %d, and let this host in: `ss -ln%s sport = :%d` lists it"
            .formatted(host, transport, upstream.getPort(), option, upstream.getPort()));
  }

  /**
   * An upstream that answers this host, but not a client through this host.
   *
   * @param own this host's own address on the way to the upstream
   * @param behindRouter whether there is a router between
   */
  static Finding returnPath(
      ProbeClient client,
      InetSocketAddress upstream,
      InetAddress own,
      boolean behindRouter,
      int errno) {
    String host = upstream.getAddress().getHostAddress();
    String network = client.network().toString();
    boolean silent = errno == Errno.ETIMEDOUT;
    return new Finding(
        FindingType.RETURN_PATH,
        "upstream %s, clients in %s".formatted(host, network),
        "%s accepts a connection from %s, an address of this host, but %s one that this host makes in the name of %s: %s."
            .formatted(
                Addresses.text(upstream),
                own.getHostAddress(),
                verb(errno),
                client.address().getHostAddress(),
                Errno.describe(errno)),
        silent
            ? "Upstreams see the client's address and reply to it. Those replies have to come back"
                + " through this host; they take another way, and the connections of all clients"
                + " in %s time out.".formatted(network)
            : "Upstreams see the client's address, and something there does not want connections of"
                + " clients in %s.".formatted(network),
        silent
            ? wayBack(network, own, host, behindRouter)
            : "# have the firewall on %s, and those between, accept connections from %s"
                .formatted(host, network));
  }

  private static String wayBack(
      String network, InetAddress own, String upstream, boolean behindRouter) {
    return behindRouter
        ? "# have %s, and each router between, send %s by way of %s"
            .formatted(upstream, network, own.getHostAddress())
        : "ip %s route replace %s via %s # on %s, not here"
            .formatted(IpFamily.of(own).option(), network, own.getHostAddress(), upstream);
  }

  private static String verb(int errno) {
    return switch (errno) {
      case Errno.ECONNREFUSED, Errno.ECONNRESET -> "refuses";
      case Errno.ETIMEDOUT -> "does not answer";
      default -> "cannot be reached by";
    };
  }
}

package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.OnProxyDown;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.ListeningSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/** Whether something listens where the rules hand traffic over. */
public final class ListeningCheck implements Check {

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    Set<ListeningSocket> listening = host.listening();
    List<Intercept> intercepts = wanted.rules().intercepts();
    List<Intercept> deaf =
        intercepts.stream().filter(intercept -> !listens(listening, intercept)).toList();
    if (deaf.size() == intercepts.size() && deaf.size() > 1) {
      return List.of(
          finding("proxy", "None of the %d listeners listens.".formatted(deaf.size()), deaf));
    }
    return deaf.stream()
        .map(
            intercept ->
                finding(
                    "listener " + intercept.name(),
                    "Nothing listens on %s port %d of %s."
                        .formatted(
                            intercept.transport(),
                            intercept.listener().getPort(),
                            intercept.listener().getAddress().getHostAddress()),
                    List.of(intercept)))
        .toList();
  }

  private static boolean listens(Set<ListeningSocket> listening, Intercept intercept) {
    InetSocketAddress address = intercept.listener();
    return listening.stream()
        .filter(socket -> socket.transport() == intercept.transport())
        .map(ListeningSocket::address)
        .filter(socket -> socket.getPort() == address.getPort())
        .anyMatch(socket -> takes(socket, address));
  }

  private static boolean takes(InetSocketAddress socket, InetSocketAddress wanted) {
    return socket.equals(wanted)
        || (socket.getAddress().isAnyLocalAddress()
            && socket.getAddress().getClass() == wanted.getAddress().getClass());
  }

  private static Finding finding(String subject, String what, List<Intercept> deaf) {
    boolean bypass =
        deaf.stream().anyMatch(intercept -> intercept.onProxyDown() == OnProxyDown.BYPASS);
    return new Finding(
        FindingType.NO_LISTENER,
        subject,
        what,
        bypass
            ? "Where intercept.on-proxy-down is bypass, traffic passes the proxy by; all other traffic that the rules hand over is refused."
            : "What the rules hand over is dropped or reset, as intercept.on-proxy-down says, until the proxy runs.",
        "# start the proxy with the same configuration: pellucid run FILE");
  }
}

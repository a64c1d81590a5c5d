package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.List;

/** Whether as many connections may wait to be accepted as the listeners ask for. */
public final class BacklogCheck implements Check {
  private static final String SETTING = "net.core.somaxconn";

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted) throws IOException {
    int asked =
        wanted.listeners().stream()
            .filter(listener -> listener.transport() == Transport.TCP)
            .mapToInt(ListenerRequirements::backlog)
            .max()
            .orElse(0);
    int allowed = host.sysctls().number(SETTING).orElse(asked);
    if (allowed >= asked) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.BACKLOG,
            SETTING,
            "%s is %d, and the listeners ask for room for %d connections that wait."
                .formatted(SETTING, allowed, asked),
            "When more than %d clients connect before the proxy accepts them, the connections of the others are dropped and take a second or more."
                .formatted(allowed),
            "sysctl -w %s=%d\n# then restart the proxy: a listener keeps the room it was opened with"
                .formatted(SETTING, asked)));
  }
}

package dev.pellucid.runtime.host.examination;

import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;
import java.util.List;

/** Looks for a few things that belong together. */
public interface Check {

  /**
   * Looks. May block, for at most a few seconds.
   *
   * @param host the host as it is
   * @param wanted what the proxy asks of it
   * @return what it found; several findings only if each has a cause of its own
   * @throws IOException if it cannot look; the examination goes on without it and says so
   */
  List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException;
}

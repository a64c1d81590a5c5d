package dev.pellucid.runtime.host.examination;

import dev.pellucid.runtime.host.state.Host;
import java.io.IOException;

/** Sends traffic to see what becomes of it. */
public interface Probe {

  /**
   * Probes. May block for some seconds.
   *
   * @param host the host as it is
   * @param wanted what the proxy asks of it
   * @return what does not come through, and what could not be sent
   * @throws IOException if it cannot probe; the examination goes on without it and says so
   */
  Examination probe(Host host, HostRequirements wanted) throws IOException, InterruptedException;
}

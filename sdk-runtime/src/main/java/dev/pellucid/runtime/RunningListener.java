package dev.pellucid.runtime;

import dev.pellucid.api.Transport;
import dev.pellucid.javadsl.Binding;
import java.util.List;

/**
 * A listener that accepts.
 *
 * @param name its name
 * @param transport what it accepts
 * @param bindings its sockets, one for each event loop; their address is the same
 */
public record RunningListener(String name, Transport transport, List<Binding> bindings) {

  /** Copies the list. */
  public RunningListener {
    bindings = List.copyOf(bindings);
  }
}

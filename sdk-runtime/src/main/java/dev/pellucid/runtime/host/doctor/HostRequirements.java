package dev.pellucid.runtime.host.doctor;

import dev.pellucid.runtime.host.Rules;
import java.util.List;

/**
 * What a proxy asks of its host.
 *
 * @param rules the rules, routes and sysctls it needs
 * @param listeners its listeners
 * @param applyCommand the shell command that applies the rules, as findings about them name it, for
 *     example {@code pellucid rules apply proxy.conf}
 */
public record HostRequirements(
    Rules rules, List<ListenerRequirements> listeners, String applyCommand) {

  /** Nothing: what is found then would be in any proxy's way. */
  public static final HostRequirements NONE =
      new HostRequirements(Rules.of(List.of()), List.of(), "pellucid rules apply FILE");

  /** Copies the list. */
  public HostRequirements {
    listeners = List.copyOf(listeners);
  }
}

package dev.pellucid.runtime.host.doctor.process;

import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.examination.Check;
import dev.pellucid.runtime.host.examination.Finding;
import dev.pellucid.runtime.host.examination.FindingType;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.examination.ListenerRequirements;
import dev.pellucid.runtime.host.state.Host;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a listener needs of the host and the kernel would not complain about: a rule for an
 * interface that does not exist matches nothing, and a transparent socket binds to any address.
 */
public final class ListenerAddressCheck implements Check {
  // A port of a VRF is not among them: rules see what comes by it twice, by either.
  private static final Set<String> WHOLES = Set.of("bridge", "bond", "team");

  @Override
  public List<Finding> examine(Host host, HostRequirements wanted)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (ListenerRequirements listener : wanted.listeners()) {
      findings.addAll(interfaces(host, listener));
      findings.addAll(ports(host, listener));
      if (listener.mode() == InterceptMode.FOREIGN) {
        findings.addAll(foreign(host, listener));
      } else {
        findings.addAll(local(host, listener));
      }
    }
    return findings;
  }

  private static List<Finding> interfaces(Host host, ListenerRequirements listener)
      throws IOException, InterruptedException {
    if (listener.interfaces().isEmpty()) {
      return List.of();
    }
    List<String> known = host.interfaces().names().stream().sorted().toList();
    List<String> missing =
        listener.interfaces().stream().filter(name -> !known.contains(name)).toList();
    if (missing.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.INTERFACE_MISSING,
            "listener " + listener.name(),
            "There is no interface \"%s\" on this host; there are: %s."
                .formatted(String.join("\", \"", missing), String.join(", ", known)),
            "A rule for an interface that does not exist matches nothing: no traffic would ever come from there.",
            "# name one of these in intercept.interfaces of listener %s, or none for all of them"
                .formatted(listener.name())));
  }

  private static List<Finding> ports(Host host, ListenerRequirements listener)
      throws IOException, InterruptedException {
    List<Finding> findings = new ArrayList<>();
    for (String name : listener.interfaces()) {
      whole(host.interfaces(), name)
          .filter(whole -> !listener.interfaces().contains(whole.name()))
          .ifPresent(whole -> findings.add(port(listener, name, whole)));
    }
    return findings;
  }

  /**
   * What an interface is a port of, if the kernel takes what comes by the port for what comes by
   * that.
   */
  private static Optional<Interface> whole(Interfaces interfaces, String name) {
    return interfaces
        .named(name)
        .flatMap(Interface::master)
        .flatMap(interfaces::named)
        .filter(whole -> WHOLES.contains(whole.kind()));
  }

  private static Finding port(ListenerRequirements listener, String name, Interface whole) {
    return new Finding(
        FindingType.INTERFACE_IS_PORT,
        "listener %s, interface %s".formatted(listener.name(), name),
        "%s is a port of %s, a %s.".formatted(name, whole.name(), whole.kind()),
        "To rules and routes, what comes in by a port comes in by %s. A rule for %s matches nothing, and clients pass the proxy by."
            .formatted(whole.name(), name),
        "# name %s in place of %s in intercept.interfaces of listener %s, and apply the rules again"
            .formatted(whole.name(), name, listener.name()));
  }

  private static List<Finding> local(Host host, ListenerRequirements listener)
      throws IOException, InterruptedException {
    InetAddress address = listener.address().getAddress();
    if (address.isAnyLocalAddress() || host.owns(address)) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.ADDRESS_NOT_LOCAL,
            "listener " + listener.name(),
            "No interface of this host has the address " + address.getHostAddress() + ".",
            "Nobody could connect to the listener, and no rule could hand it traffic.",
            "# give listener %s an address that `ip address` shows, or 0.0.0.0 or [::] for all of them"
                .formatted(listener.name())));
  }

  private static List<Finding> foreign(Host host, ListenerRequirements listener)
      throws IOException, InterruptedException {
    InetAddress address = listener.address().getAddress();
    if (!host.owns(address)) {
      return List.of();
    }
    return List.of(
        new Finding(
            FindingType.ADDRESS_NOT_FOREIGN,
            "listener " + listener.name(),
            address.getHostAddress() + " is an address of this host, so it is not foreign.",
            "Everything else of this host at that address would have to share it with the proxy.",
            "# set intercept.mode = none for listener %s: clients then connect to that address"
                .formatted(listener.name())));
  }
}

package dev.pellucid.runtime.host.doctor.firewall;

import dev.pellucid.api.Addresses;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.InterceptMode;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.RuleNames;
import dev.pellucid.runtime.host.examination.HostRequirements;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Hook;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import dev.pellucid.runtime.host.state.Interfaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rules there are and those that are wanted, as all questions about them see them.
 *
 * @param walk what becomes of packets
 * @param routes where they leave
 * @param around what there is around the host
 * @param endpoints between whom they go
 * @param wanted what the proxy asks for
 * @param packets the packets to walk
 * @param masks the bits of the mark that deliver packets here, by family; without one, all
 */
record Firewall(
    Walk walk,
    Routes routes,
    Surroundings around,
    Endpoints endpoints,
    HostRequirements wanted,
    PaperPackets packets,
    Map<IpFamily, Integer> masks) {

  /** A redirect, or the address that iptables or nft translates to. */
  private static final Pattern TRANSLATION =
      Pattern.compile(
          "-j REDIRECT\\b|\\bredirect(?: to|$)|(?:--to-destination|\\bdnat(?: ip6?)? to)"
              + " \\[?([0-9]+\\.[0-9.]+|[0-9a-f]*:[0-9a-f:]+)");

  private static final int ALL_BITS = -1;
  private static final Set<Fate.Action> ENDS =
      EnumSet.of(Fate.Action.ACCEPT, Fate.Action.RETURN, Fate.Action.UNTRACK);

  /** {@link dev.pellucid.runtime.host.ruleset.Ruleset#walk}, while the proxy runs or not. */
  interface Walk {
    Fate walk(Hook hook, Packet packet, boolean running);

    /** The same as if some rules were not there, for who knows single rules. */
    default Walk without(Set<RuleAt> ignored) {
      return this;
    }
  }

  /** The interface by which packets of this host to an address leave, if there is a route. */
  interface Routes {
    Optional<String> towards(InetAddress address) throws IOException, InterruptedException;
  }

  Firewall(Walk walk, Routes routes, Surroundings around, HostRequirements wanted) {
    this(walk, routes, around, wanted, Map.of());
  }

  Firewall(
      Walk walk,
      Routes routes,
      Surroundings around,
      HostRequirements wanted,
      Map<IpFamily, Integer> masks) {
    this(walk, routes, around, new Endpoints(around, upstreams(wanted)), wanted, masks);
  }

  private Firewall(
      Walk walk,
      Routes routes,
      Surroundings around,
      Endpoints endpoints,
      HostRequirements wanted,
      Map<IpFamily, Integer> masks) {
    this(
        walk,
        routes,
        around,
        endpoints,
        wanted,
        new PaperPackets(
            around.interfaces(),
            endpoints,
            wanted.rules().intercepts(),
            wanted.rules().names().mark()),
        masks);
  }

  private static List<InetAddress> upstreams(HostRequirements wanted) {
    return wanted.listeners().stream()
        .flatMap(listener -> listener.upstreams().stream())
        .map(InetSocketAddress::getAddress)
        .toList();
  }

  /** Where packets come from. */
  Interfaces interfaces() {
    return around.interfaces();
  }

  List<Intercept> intercepts() {
    return wanted.rules().intercepts();
  }

  RuleNames names() {
    return wanted.rules().names();
  }

  /** The mark of the proxy's own sockets. */
  int senderMark() {
    return intercepts().stream().anyMatch(Intercept::localOutput) ? names().proxyMark() : 0;
  }

  /** Whether a mark has a packet delivered here. Its other bits may be another program's. */
  IntPredicate marked(Packet packet) {
    int mask = masks.getOrDefault(IpFamily.of(packet.destination()), ALL_BITS);
    return mark -> ((mark ^ names().mark()) & mask) == 0;
  }

  /** What becomes of a packet that has arrived, while the proxy runs. */
  Fate arrives(Packet packet) {
    return walk.walk(Hook.PREROUTING, packet, true);
  }

  /** Whether a packet was dropped after a rule had given it the mark that delivers it here. */
  boolean droppedMarked(Packet packet, Fate fate) {
    return fate.dropped().isPresent() && marked(packet).test(fate.mark());
  }

  /** Whether a packet has come where its intercept wants it, whatever happens to it later. */
  boolean handedOver(Intercept intercept, Packet packet, Fate fate) {
    if (fate.dropped().isPresent()) {
      return false;
    }
    return switch (intercept.mode()) {
      case TPROXY ->
          marked(packet).test(fate.mark())
              && fate.listener().filter(at -> right(intercept, packet, at)).isPresent();
      case FOREIGN -> marked(packet).test(fate.mark());
      case REDIRECT -> fate.translated().filter(rule -> redirects(intercept, rule)).isPresent();
      case NONE -> true;
    };
  }

  /** Whether that is the intercept's listener. */
  boolean right(Intercept intercept, Packet packet, Fate.Listener at) {
    return HandOver.reaches(interfaces(), intercept.listener(), packet, at);
  }

  /** Whether a rule redirects to the intercept's listener, as far as its text tells. */
  static boolean redirects(Intercept intercept, RuleAt rule) {
    return intercept.mode() == InterceptMode.REDIRECT
        && rule.text().matches(".*(:|to-ports )" + intercept.listener().getPort() + "\\b.*");
  }

  /** Whether a rule changes the destination to this host's own, as far as its text tells. */
  boolean redirectsHere(RuleAt rule) {
    Matcher translation = TRANSLATION.matcher(rule.text());
    if (!translation.find()) {
      return false;
    }
    if (translation.group(1) == null) {
      return true;
    }
    InetAddress to = Addresses.literal(translation.group(1));
    return to.isLoopbackAddress() || interfaces().owns(to);
  }

  /**
   * The rules that let an arriving packet go, and thereby keep it from where it should come: with
   * all but one of them away, it still does not come there.
   *
   * @return empty if it does not come there without such rules either
   */
  Set<RuleAt> takers(Packet packet, Predicate<Fate> comes) {
    Set<RuleAt> away = new LinkedHashSet<>();
    Fate fate = arrives(packet);
    while (!comes.test(fate)) {
      Optional<RuleAt> next = ending(fate);
      if (next.isEmpty() || !away.add(next.get())) {
        return Set.of();
      }
      fate = walk.without(away).walk(Hook.PREROUTING, packet, true);
    }
    // What ends another chain than the one that matters is in nobody's way.
    for (RuleAt rule : List.copyOf(away)) {
      away.remove(rule);
      if (!comes.test(walk.without(away).walk(Hook.PREROUTING, packet, true))) {
        away.add(rule);
      }
    }
    return away;
  }

  /** The last rule that ended a chain. */
  private static Optional<RuleAt> ending(Fate fate) {
    return fate.steps().stream()
        .filter(step -> ENDS.contains(step.action()))
        .map(Fate.Step::rule)
        .reduce((earlier, later) -> later);
  }
}

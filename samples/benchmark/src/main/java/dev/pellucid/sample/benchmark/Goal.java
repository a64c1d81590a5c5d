package dev.pellucid.sample.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Something that Pellucid is to reach.
 *
 * @param title what it is about
 * @param limit what its median may be at most
 * @param value what was measured, if it was
 */
record Goal(String title, double limit, Optional<Spread> value) {
  private static final List<Metric> RATIOS =
      List.of(Metric.REQUEST_CPU, Metric.CONNECTION_CPU, Metric.GIB_CPU, Metric.LATENCY_P99);

  private static final Map<Role, List<Double>> LIMITS =
      Map.of(
          Role.TPROXY, List.of(0.80, 0.90, 0.95, 1.00),
          Role.REVERSE, List.of(0.95, 0.95, 0.95, 1.00));

  static List<Goal> all(List<PeerId> peers, Samples samples) {
    List<Goal> goals = new ArrayList<>();
    for (Role role : List.of(Role.TPROXY, Role.REVERSE)) {
      List<Double> limits = LIMITS.getOrDefault(role, List.of());
      for (int i = 0; i < limits.size(); i++) {
        goals.add(ratio(role, RATIOS.get(i), limits.get(i), peers, samples));
      }
    }
    goals.add(ratio(Role.REVERSE, Metric.QUERY_CPU, 0.90, peers, samples));
    PeerId subject = PeerId.subject(Role.TPROXY);
    int few = Plan.FEW_IDLE;
    int many = Plan.MANY_IDLE;
    goals.add(
        new Goal(
            "KiB per idle connection",
            1.00,
            samples.perConnection(subject, Metric.IDLE_MEMORY, many, few)));
    goals.add(
        new Goal(
            String.format(Locale.ROOT, "CPU per request beside %,d idle ÷ beside %d", many, few),
            1.10,
            samples.growth(subject, Metric.IDLE_REQUEST_CPU, many, few)));
    goals.add(bytes(subject, 1.40, samples));
    goals.add(bytes(SdkPeer.PEKKO.id(), 0.30, samples));
    return goals;
  }

  private static Goal bytes(PeerId other, double limit, Samples samples) {
    PeerId bytes = SdkPeer.PELLUCID_BYTES.id();
    return new Goal(
        bytes.name() + ": " + Metric.REQUEST_CPU.title() + " ÷ " + other.name(),
        limit,
        samples.ratio(bytes, other, Metric.REQUEST_CPU, Samples.ANY));
  }

  private static Goal ratio(
      Role role, Metric metric, double limit, List<PeerId> peers, Samples samples) {
    PeerId subject = PeerId.subject(role);
    Optional<PeerId> best = best(subject, metric, peers, samples);
    String title = role.title() + ": " + metric.title() + " ÷ ";
    return new Goal(
        title + best.map(PeerId::name).orElse("best peer"),
        limit,
        best.flatMap(other -> samples.ratio(subject, other, metric, Samples.ANY)));
  }

  /** The subject's best rival in its role. */
  private static Optional<PeerId> best(
      PeerId subject, Metric metric, List<PeerId> peers, Samples samples) {
    return peers.stream()
        .filter(peer -> peer.role() == subject.role() && !peer.equals(subject))
        .filter(peer -> samples.median(peer, metric, Samples.ANY).isPresent())
        .min(
            Comparator.comparingDouble(
                peer -> samples.median(peer, metric, Samples.ANY).orElseThrow()));
  }

  String verdict() {
    return value.map(spread -> spread.median() <= limit ? "yes" : "**no**").orElse("not measured");
  }
}

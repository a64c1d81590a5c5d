package dev.pellucid.sample.benchmark;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The results as Markdown.
 *
 * @param peers all peers
 * @param chart the name of the chart's file
 */
record Report(
    List<PeerId> peers,
    Samples samples,
    Environment environment,
    Plan plan,
    int rate,
    LocalDate date,
    String chart) {
  private static final String NONE = "–";

  private static final List<Metric> METRICS =
      List.of(
          Metric.REQUEST_CPU,
          Metric.CONNECTION_CPU,
          Metric.GIB_CPU,
          Metric.REQUEST_RATE,
          Metric.CONNECTION_RATE,
          Metric.LATENCY_P50,
          Metric.LATENCY_P99,
          Metric.QUERY_CPU,
          Metric.QUERY_RATE);

  private static final String INTRODUCTION =
      """
      # Performance

      Pellucid beside its peers, measured on %s by `samples/benchmark/run`. Peers run side by side in a lab of network
      namespaces (client, proxy, server), and every load is put on one after the other before the next load begins.
      Numbers are medians of %d rounds of %d s. A ratio is Pellucid ÷ peer, computed for each round: the median, and in
      brackets the smallest and the largest. CPU is the run time of all threads of the proxy's process, by the scheduler's
      clock; the origin's and the client's are not part of it.

      ![CPU per request, per connection and per GiB](%s)

      """;

  private static final String SETUP =
      """
      - **Pellucid** is the load balancer's distribution with one event loop, a CIDR filter, round robin over a pool, time
        limits, and a text access log that is written to a file. **HAProxy** has `nbthread 1` and splices, **nginx stream** has
        one worker; neither writes a log. **Byte streams** is `connection.flow()` joined to `outgoingConnection`, on one event
        loop; **stock Pekko** is a `Tcp` flow joined to another, on Pekko's default dispatcher. All show the client's address to
        the origin.
      - The origin is nginx with one worker: keep-alive, a three-byte answer, and a 1 GiB file by sendfile.
      - Requests and connections: `wrk -t1 -c50`, for connections with `Connection: close`. GiB: one `curl`.
      - Latency: %,d requests per second over 32 connections, about half of what the slowest peer can do (20,000 at most). It counts from
        when a request was due, whether or not it could be sent then.
      - UDP: 64 sockets with one query of 40 bytes on its way each, answers of 120 bytes by a responder of the benchmark's own, which
        answers the client's address only. One answer ends a session (`responses = 1`, `proxy_responses 1`), so every query is a new
        one. A lost query is given up after a second; a round that loses more than one in a hundred counts as failed. nginx cannot
        tell where an intercepted datagram was sent to, HAProxy relays no UDP but DNS to itself.
      - Warm-up: before its first round, every peer gets every load twice, %d s each, so that JVMs have compiled what they run.
      - Idle connections: each peer is started anew and, if it is a JVM, warmed up; memory is the process's proportional set (Pss), on a
        JVM after a collection. What the kernel keeps for sockets is the same for all and not part of it. Rounds: %d.
      - By connections: `wrk` with 1 to 4,000 connections, their opening included, for %d s each. Rounds: %d.
      """;

  private static final String REPEAT =
      """
      ```
      sudo samples/benchmark/run --rounds %d --seconds %d --output docs/performance.md
      ```

      It installs what is missing where there is `apt-get`, touches nothing outside of its namespaces, and `--quick` shows in a few
      minutes that it works. On a busy machine, look at the brackets before you believe a median.
      """;

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(format(INTRODUCTION, date, plan.rounds(), plan.seconds(), chart));
    section(text, "Goals", goals());
    for (Role role : Role.values()) {
      if (!rivals(role).isEmpty()) {
        section(text, role.title(), comparison(role));
      }
    }
    section(text, "Idle connections", idle());
    section(text, "By connections", concurrency());
    section(text, "What was measured, and how", setup());
    section(text, "On what", facts());
    section(text, "How to repeat it", format(REPEAT, plan.rounds(), plan.seconds()));
    if (!samples.failures().isEmpty()) {
      section(text, "What failed", failures());
    }
    return text.toString().stripTrailing() + "\n";
  }

  private static void section(StringBuilder text, String title, String content) {
    text.append("## ").append(title).append("\n\n").append(content).append("\n");
  }

  private String goals() {
    Table table = new Table(List.of("goal", "at most", "measured", "reached"));
    for (Goal goal : Goal.all(peers, samples)) {
      String measured = goal.value().map(Spread::toString).orElse(NONE);
      table.row(List.of(goal.title(), format("%.2f", goal.limit()), measured, goal.verdict()));
    }
    return table.toString();
  }

  private List<PeerId> rivals(Role role) {
    PeerId subject = PeerId.subject(role);
    return peers.stream().filter(p -> p.role() == role && !p.equals(subject)).toList();
  }

  private String comparison(Role role) {
    PeerId subject = PeerId.subject(role);
    List<PeerId> rivals = rivals(role);
    List<String> head = new ArrayList<>(List.of("", subject.name()));
    rivals.forEach(rival -> head.add(rival.name()));
    rivals.forEach(rival -> head.add("÷ " + rival.name()));
    Table table = new Table(head);
    METRICS.stream()
        .filter(metric -> someoneHas(metric, role))
        .forEach(metric -> table.row(comparison(metric, subject, rivals)));
    return table.toString();
  }

  private boolean someoneHas(Metric metric, Role role) {
    return peers.stream()
        .filter(peer -> peer.role() == role)
        .anyMatch(peer -> samples.median(peer, metric, Samples.ANY).isPresent());
  }

  private List<String> comparison(Metric metric, PeerId subject, List<PeerId> rivals) {
    List<String> row = new ArrayList<>(List.of(metric.title() + ", " + metric.unit()));
    Stream.concat(Stream.of(subject), rivals.stream())
        .forEach(peer -> row.add(number(samples.median(peer, metric, Samples.ANY))));
    for (PeerId rival : rivals) {
      row.add(
          samples.ratio(subject, rival, metric, Samples.ANY).map(Spread::toString).orElse(NONE));
    }
    return row;
  }

  private String idle() {
    Table table =
        new Table(
            List.of(
                "",
                "Pss at 10, KiB",
                "at 1,000",
                "at 9,000",
                "KiB per connection",
                "live heap per connection, KiB",
                "µs per request beside 10",
                "beside 1,000",
                "beside 9,000",
                "9,000 ÷ 10"));
    peers.forEach(peer -> table.row(idle(peer)));
    return table.toString();
  }

  private List<String> idle(PeerId peer) {
    List<String> row = new ArrayList<>(List.of(peer.toString()));
    Plan.IDLE.forEach(level -> row.add(number(samples.median(peer, Metric.IDLE_MEMORY, level))));
    row.add(perConnection(peer, Metric.IDLE_MEMORY));
    row.add(perConnection(peer, Metric.IDLE_HEAP));
    Plan.IDLE.forEach(
        level -> row.add(number(samples.median(peer, Metric.IDLE_REQUEST_CPU, level))));
    row.add(
        samples
            .growth(peer, Metric.IDLE_REQUEST_CPU, Plan.MANY_IDLE, Plan.FEW_IDLE)
            .map(Spread::toString)
            .orElse(NONE));
    return row;
  }

  private String perConnection(PeerId peer, Metric metric) {
    return samples
        .perConnection(peer, metric, Plan.MANY_IDLE, Plan.FEW_IDLE)
        .map(Spread::toString)
        .orElse(NONE);
  }

  private String concurrency() {
    List<String> head = new ArrayList<>(List.of("µs per request"));
    Plan.CONCURRENT.forEach(level -> head.add(format("%,d", level)));
    Table table = new Table(head);
    for (PeerId peer : peers) {
      List<String> row = new ArrayList<>(List.of(peer.toString()));
      Plan.CONCURRENT.forEach(
          level -> row.add(number(samples.median(peer, Metric.CONCURRENT_REQUEST_CPU, level))));
      table.row(row);
    }
    return table.toString();
  }

  private String setup() {
    return format(
        SETUP,
        rate,
        plan.warmUpSeconds(),
        plan.slowRounds(),
        plan.concurrencySeconds(),
        plan.slowRounds());
  }

  private String facts() {
    Table table = new Table(List.of("what", "which"));
    environment.facts().forEach((name, value) -> table.row(List.of(name, value)));
    return table.toString();
  }

  private String failures() {
    StringBuilder text = new StringBuilder();
    samples.failures().forEach(failure -> text.append("- ").append(failure.strip()).append("\n"));
    return text.toString();
  }

  /** Three digits where there are not more before the point. */
  static String number(OptionalDouble value) {
    if (value.isEmpty()) {
      return NONE;
    }
    double number = value.getAsDouble();
    double size = Math.abs(number);
    return format(size >= 100 ? "%,.0f" : size >= 10 ? "%,.1f" : "%,.2f", number);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}

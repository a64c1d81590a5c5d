package dev.pellucid.sample.loadbalancer.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;

/**
 * What each side saw, and whether that is transparent.
 *
 * @param client the client's address
 * @param servers the names of the servers
 * @param answers the answered requests
 * @param failures why the others were not answered
 */
record DemoReport(
    String client, List<String> servers, List<DemoAnswer> answers, List<String> failures) {
  private static final String ROW = "%8s   %-14s %-17s %-18s %s";

  /** Prints a table with one line for each thing that was seen, then the verdict. */
  void print(DemoTerminal terminal) {
    terminal.line("");
    terminal.faint(
        ROW.formatted("requests", "client asked", "client believes", "answered by", "server saw"));
    rows().forEach(terminal::line);
    terminal.line("");
    if (problems().isEmpty()) {
      terminal.good("the client saw only the address it asked for");
      terminal.good("every server saw the client's own address, " + client);
      terminal.good("every request was answered, spread evenly over the servers: " + spread());
      terminal.heading("Transparent.");
    } else {
      problems().forEach(terminal::bad);
      terminal.heading("Not transparent.");
    }
  }

  private List<String> rows() {
    Map<DemoAnswer, Long> counts =
        answers.stream().collect(groupingBy(answer -> answer, LinkedHashMap::new, counting()));
    return counts.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().server()))
        .map(entry -> row(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String row(DemoAnswer seen, long count) {
    return ROW.formatted(count, seen.asked(), seen.believed(), seen.server(), seen.saw());
  }

  private String spread() {
    return servers.stream().map(name -> Long.toString(count(name))).collect(joining(", "));
  }

  private long count(String server) {
    return answers.stream().filter(answer -> answer.server().equals(server)).count();
  }

  /** Everything that is not as it should be; empty if all is well. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (!failures.isEmpty()) {
      problems.add(
          "%d of %d requests were not answered; the first: %s"
              .formatted(failures.size(), failures.size() + answers.size(), failures.get(0)));
    }
    if (answers.stream().anyMatch(answer -> !answer.believed().equals(answer.asked()))) {
      problems.add("the client saw an address that it had not asked for");
    }
    if (answers.stream().anyMatch(answer -> !answer.saw().equals(client))) {
      problems.add("a server saw another address than the client's, which is " + client);
    }
    if (!even()) {
      problems.add("the requests were not spread evenly: " + spread());
    }
    return problems;
  }

  private boolean even() {
    LongSummaryStatistics counts = servers.stream().mapToLong(this::count).summaryStatistics();
    return counts.getMax() - counts.getMin() <= 1;
  }
}

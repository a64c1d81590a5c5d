package dev.pellucid.sample.benchmark;

import dev.pellucid.lab.LabNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line, which {@code samples/benchmark/run} starts. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    description = "Measures Pellucid beside its peers and reports in Markdown.")
public final class Main implements Callable<Integer> {
  @Option(
      names = "--rounds",
      defaultValue = "9",
      description = "How often everything is measured; ${DEFAULT-VALUE} if not given.")
  private int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "How long each load lasts; ${DEFAULT-VALUE} if not given.")
  private int seconds;

  @Option(names = "--quick", description = "Two rounds of one second: only to see that it works.")
  private boolean quick;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description =
          "Where the report goes, with its chart (.svg) beside it; to standard output by default.")
  private @Nullable Path output;

  private Main() {}

  /** Measures and ends the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Plan plan = quick ? Plan.quick() : Plan.of(Math.max(1, rounds), Math.max(1, seconds));
    Environment environment = Environment.read();
    Path distribution = Path.of(System.getProperty("pellucid.home", "pellucid"));
    List<Peer> peers = Peers.all();
    try (LabNetwork net = LabNetwork.open(1)) {
      Site site = new Site(net, WorkFolder.create(), distribution);
      Benchmark.Outcome outcome = new Benchmark(site, plan, peers).perform();
      write(peers.stream().map(Peer::id).toList(), outcome, environment, plan);
    }
    return 0;
  }

  private void write(
      List<PeerId> peers, Benchmark.Outcome outcome, Environment environment, Plan plan)
      throws IOException {
    Samples samples = outcome.samples();
    String chart = chart();
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    String report =
        new Report(peers, samples, environment, plan, outcome.rate(), today, chart).toString();
    if (output == null) {
      System.out.print(report);
    } else {
      Files.writeString(output, report);
      Files.writeString(output.resolveSibling(chart), new Chart(peers, samples).toString());
    }
  }

  private String chart() {
    String name = output == null ? "performance.md" : String.valueOf(output.getFileName());
    return name.replaceFirst("\\.md$", "") + ".svg";
  }
}

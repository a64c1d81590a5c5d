package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.HostRules;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.doctor.Doctor;
import dev.pellucid.runtime.host.examination.Depth;
import dev.pellucid.runtime.host.examination.Examination;
import dev.pellucid.runtime.host.examination.HostRequirements;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds out why traffic would not flow. Ends with 0 if nothing is in its way, otherwise with 1. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Finds out why traffic would not flow, and says how to cure it."
            + " As root it sees everything.")
final class DoctorCommand implements Callable<Integer> {
  private static final int FINDINGS = 1;

  private final PrintStream out;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "the configuration file; without one, only the host is examined")
  private @Nullable Path file;

  @Option(
      names = "--probe",
      description =
          "Also sends traffic: through the proxy, which has to run, and to its upstreams.")
  private boolean probe;

  @Option(
      names = "--probe-client",
      paramLabel = "ADDRESS",
      description =
          "An address that --probe connects from in place of one that it chooses; may be repeated.")
  private List<InetAddress> probeClients = List.of();

  @Option(names = "--json", description = "Prints one JSON object, and nothing else.")
  private boolean json;

  DoctorCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws InterruptedException {
    Depth depth = probe ? Depth.PROBE : Depth.TRY;
    Optional<Path> given = Optional.ofNullable(file);
    HostRequirements wanted =
        given
            .map(DoctorCommand::wanted)
            .orElse(HostRequirements.NONE)
            .withProbeClients(probeClients);
    Examination examination = Doctor.examineAndTell(wanted, depth);
    DoctorReport report = new DoctorReport(given, wanted, depth, examination);
    out.println(json ? report.json() : report.text(Ansi.AUTO));
    return examination.findings().isEmpty() ? 0 : FINDINGS;
  }

  private static HostRequirements wanted(Path file) {
    return HostRules.requirements(ProxyConfig.load(file), Installation.applyCommand(file));
  }
}

package dev.pellucid.sample.loadbalancer.demo;

import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * Shows transparency: runs the load balancer between a client and three servers of its own making,
 * and prints what each side saw. Ends with 0 if that is as it should be, otherwise with 1.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Runs the load balancer between a client and three servers, all on this machine.")
public final class DemoCommand implements Callable<Integer> {
  private static final int SERVERS = 3;
  private static final int FAILED = 1;

  @Option(
      names = "--requests",
      defaultValue = "30",
      description = "How many requests the client sends; ${DEFAULT-VALUE} if not given.")
  private int requests;

  @Option(
      names = "--tool",
      converter = ToolConverter.class,
      description = "What installs the rules: nft or iptables. By default, the first installed.")
  private @Nullable FirewallTool tool;

  @Option(
      names = "--mode",
      defaultValue = "tproxy",
      converter = ModeConverter.class,
      description =
          "tproxy: the client asks a server; reverse: it asks the load balancer."
              + " ${DEFAULT-VALUE} if not given.")
  private DemoMode mode = DemoMode.TPROXY;

  @Option(names = "--keep", description = "Leaves everything up until Ctrl-C.")
  private boolean keep;

  @Spec private @Nullable CommandSpec spec;

  private final DemoTerminal terminal = DemoTerminal.standard();

  @Override
  public Integer call() throws Exception {
    if (requests < 1 && spec != null) {
      throw new ParameterException(spec.commandLine(), "--requests must be at least 1");
    }
    FirewallTool chosen = DemoRequirements.check(Optional.ofNullable(tool));
    return DemoPrivileges.sufficient() ? perform(chosen) : DemoPrivileges.acquire();
  }

  private int perform(FirewallTool chosen) throws Exception {
    terminal.heading("Pellucid demo: one client, %s, three servers".formatted(mode.title));
    LabNetwork net = LabNetwork.open(SERVERS);
    DemoInterrupt interrupt = DemoInterrupt.of(net, terminal);
    try {
      return perform(chosen, net);
    } catch (Exception e) {
      // Whatever fails while Ctrl-C takes things down fails because of it.
      if (interrupt.happened()) {
        return FAILED;
      }
      throw e;
    } finally {
      if (!interrupt.happened()) {
        net.close();
      }
    }
  }

  private int perform(FirewallTool chosen, LabNetwork net) throws Exception {
    Demo demo = Demo.build(net, mode, chosen, terminal);
    DemoReport report = demo.send(requests);
    report.print(terminal);
    if (keep) {
      demo.explainHowToLookAround();
      new CountDownLatch(1).await();
    }
    return report.problems().isEmpty() ? 0 : FAILED;
  }

  static final class ModeConverter implements ITypeConverter<DemoMode> {
    @Override
    public DemoMode convert(String value) {
      try {
        return DemoMode.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ToolConverter implements ITypeConverter<FirewallTool> {
    @Override
    public FirewallTool convert(String value) {
      try {
        return FirewallTool.of(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

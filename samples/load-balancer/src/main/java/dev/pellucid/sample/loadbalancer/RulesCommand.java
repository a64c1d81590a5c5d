package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.HostRules;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Rules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The firewall rules, routes and sysctls that a configuration needs. */
@Command(
    name = "rules",
    description = "Prints, applies or removes the firewall rules a configuration needs.",
    mixinStandardHelpOptions = true)
final class RulesCommand {
  private static final String FILE = "the configuration file";
  private static final String TOOL =
      "nft or iptables; the first of them that is installed if not given.";

  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "print",
      description = "Prints the shell script that apply runs, each line explained.")
  int print(
      @Parameters(paramLabel = "FILE", description = FILE) Path file,
      @Option(names = "--tool", paramLabel = "TOOL", description = TOOL, converter = Tool.class)
          @Nullable FirewallTool tool) {
    out().print(rules(file).applying(chosen(tool)).text());
    out().flush();
    return 0;
  }

  @Command(
      name = "apply",
      description = "Applies the rules, in place of those of an earlier time; needs root.")
  int apply(
      @Parameters(paramLabel = "FILE", description = FILE) Path file,
      @Option(names = "--tool", paramLabel = "TOOL", description = TOOL, converter = Tool.class)
          @Nullable FirewallTool tool)
      throws IOException, InterruptedException {
    Rules rules = rules(file);
    FirewallTool with = chosen(tool);
    say(rules.apply(with), "applied with " + with.command());
    return 0;
  }

  @Command(
      name = "remove",
      description =
          "Removes the rules, whichever tool applied them, and restores what they changed; needs"
              + " root.")
  int remove(@Parameters(paramLabel = "FILE", description = FILE) Path file)
      throws IOException, InterruptedException {
    // Their names are all it takes, whatever is wrong with the rest of the file.
    say(Rules.of(List.of()).withNames(ProxyConfig.loadRules(file)).remove(), "removed");
    return 0;
  }

  private static Rules rules(Path file) {
    return HostRules.of(ProxyConfig.load(file));
  }

  private static FirewallTool chosen(@Nullable FirewallTool tool) {
    return Optional.ofNullable(tool).or(FirewallTool::detect).orElse(FirewallTool.NFT);
  }

  private void say(List<String> changes, String done) {
    changes.forEach(out()::println);
    out().println(changes.isEmpty() ? "nothing to do" : done);
    out().flush();
  }

  private PrintWriter out() {
    if (spec == null) {
      throw new IllegalStateException("picocli sets it");
    }
    return spec.commandLine().getOut();
  }

  /** Reads a tool as {@code --tool} calls it. */
  static final class Tool implements ITypeConverter<FirewallTool> {
    @Override
    public FirewallTool convert(String command) {
      try {
        return FirewallTool.of(command);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

package dev.pellucid.sample.loadbalancer;

import dev.pellucid.runtime.ProxyPlugins;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.sample.loadbalancer.demo.DemoCommand;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line, {@code pellucid COMMAND}. Exit codes other than 0: see {@link Failures}. */
@Command(
    name = "pellucid",
    description = "A transparent load balancer.",
    mixinStandardHelpOptions = true,
    subcommands = {DemoCommand.class, RulesCommand.class},
    versionProvider = Main.Version.class)
public final class Main {
  private static final String FILE = "the configuration file";

  private final PrintStream out;

  private Main(PrintStream out) {
    this.out = out;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.out).execute(arguments));
  }

  static CommandLine commandLine(PrintStream out) {
    return new CommandLine(new Main(out))
        .addSubcommand(new DoctorCommand(out))
        .setExecutionExceptionHandler(new Failures());
  }

  @Command(
      name = "run",
      description = "Runs the proxy; prints 'ready' and each listener once all accept.")
  int run(
      @Parameters(paramLabel = "FILE", description = FILE) Path file,
      @Option(
              names = "--drain-limit",
              paramLabel = "SECONDS",
              defaultValue = "30",
              description =
                  "How long connections may go on after SIGTERM; ${DEFAULT-VALUE} if not given.")
          int drainSeconds) {
    ProxyConfig config = ProxyConfig.load(file);
    new Proxy(config, Installation.applyCommand(file), Duration.ofSeconds(drainSeconds), out).run();
    return 0;
  }

  @Command(name = "check", description = "Validates the configuration and prints the pipelines.")
  int check(@Parameters(paramLabel = "FILE", description = FILE) Path file) {
    ProxyConfig config = ProxyConfig.load(file);
    PluginCatalog catalog = Installation.plugins(config.pluginsDir());
    ProxyPlugins.create(config, catalog).close();
    config.listeners().forEach(listener -> out.println(PipelineText.of(listener)));
    Stream.concat(config.notes().stream(), catalog.problems().stream())
        .forEach(note -> out.println("note: " + note));
    return 0;
  }

  @Command(
      name = "plugins",
      description = "Lists every plugin: what it does, its settings and its jar.")
  int plugins(
      @Parameters(paramLabel = "FILE", arity = "0..1", description = FILE + ", for its plugins-dir")
          @Nullable Path file) {
    Path folder =
        Optional.ofNullable(file)
            .map(given -> ProxyConfig.load(given).pluginsDir())
            .orElse(ProxyConfig.PLUGINS_DIR);
    PluginCatalog catalog = Installation.plugins(folder);
    out.println(PluginTable.of(catalog.plugins()));
    catalog.problems().forEach(problem -> out.println("problem: " + problem));
    return 0;
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"pellucid " + (version == null ? "(not packaged)" : version)};
    }
  }
}

package dev.pellucid.sample.loadbalancer.demo;

import static java.util.stream.Collectors.joining;

import dev.pellucid.lab.LabHost;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The load balancer, as anybody would run it: a process of its own with a configuration file. It
 * ends with the host that it runs on, its files with the JVM.
 */
final class DemoBalancer {
  private static final int START_SECONDS = 60;

  private final Path log;
  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private volatile Consumer<String> accessLog = line -> {};

  private DemoBalancer(Path log, Process process) {
    this.log = log;
    this.process = process;
  }

  /** Starts it on a host; {@link #awaitReady} tells when it accepts. */
  static DemoBalancer start(LabHost proxy, String configuration)
      throws IOException, InterruptedException, DemoException {
    Path folder = Files.createTempDirectory("pellucid-demo");
    Path file = folder.resolve("load-balancer.conf");
    Path log = folder.resolve("load-balancer.log");
    Stream.of(folder, file, log).map(Path::toFile).forEach(File::deleteOnExit);
    Files.writeString(file, configuration);
    ProcessBuilder builder = new ProcessBuilder(home() + "/bin/pellucid", "run", file.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.redirectError(log.toFile());
    DemoBalancer balancer = new DemoBalancer(log, proxy.start(builder));
    Thread reader = new Thread(balancer::readOutput, "demo-balancer-output");
    reader.setDaemon(true);
    reader.start();
    return balancer;
  }

  private static String home() throws DemoException {
    String home = System.getProperty("pellucid.home");
    if (home == null) {
      throw new DemoException("pellucid: the demo is started by `pellucid demo`");
    }
    return home;
  }

  /** The configuration: what comes in, spread over a pool that sees the clients. */
  static String configuration(DemoMode mode, List<DemoServer> pool) {
    return """
    pellucid {
      admin { enabled = false }
      listeners {
        web {
          transport = tcp
    %s
          upstream {
            route = pool
            pool = [
    %s
            ]
            balancer { type = round-robin }
            source = client-ip
          }
          access-log { type = text }
        }
      }
    }
    """
        .formatted(
            mode.listener().indent(6).stripTrailing(),
            pool.stream()
                .map(server -> "          { address = \"" + text(server.address()) + "\" }")
                .collect(joining("\n")));
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private void readOutput() {
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!ready.complete(line)) {
          accessLog.accept(line);
        }
      }
      ready.completeExceptionally(new IOException("the load balancer ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** Waits until it accepts connections. */
  void awaitReady() throws InterruptedException, IOException, DemoException {
    try {
      ready.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new DemoException(
          "pellucid: the load balancer did not start:\n" + Files.readString(log));
    }
  }

  /** Where the lines of its access log go from now on. Called on a thread of its own. */
  void onAccess(Consumer<String> consumer) {
    accessLog = consumer;
  }
}

package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.Rules;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The finished distribution on the lab's proxy; it ends with the lab. */
final class LabBalancer {
  private static final int START_SECONDS = 60;
  private static final int PATIENCE_SECONDS = 10;

  private final Process process;
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Semaphore ended = new Semaphore(0);

  private LabBalancer(Process process) {
    this.process = process;
  }

  /**
   * Runs it with a configuration and waits until it accepts.
   *
   * @param folder where its files go
   */
  static LabBalancer start(LabNetwork net, Path folder, String configuration) throws Exception {
    Path file = Files.writeString(folder.resolve("proxy.conf"), configuration);
    Path log = folder.resolve("proxy.log");
    String launcher = System.getProperty("pellucid.home") + "/bin/pellucid";
    ProcessBuilder builder = new ProcessBuilder(launcher, "run", file.toString());
    builder.directory(folder.toFile()).redirectError(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    LabBalancer balancer = new LabBalancer(net.proxy().start(builder));
    var unused = net.proxy().submit(balancer::readOutput);
    try {
      balancer.ready.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("the balancer ended: " + Files.readString(log), e);
    }
    return balancer;
  }

  /** Has the proxy's kernel hand over a port of all addresses, by TCP and UDP, to a listener's. */
  static void intercept(LabNetwork net, int port, int listenerPort) throws Exception {
    List<PortRange> ports = List.of(PortRange.of(port));
    List<Intercept> intercepts = new ArrayList<>();
    for (String any : List.of("0.0.0.0", "::")) {
      InetSocketAddress listener = new InetSocketAddress(any, listenerPort);
      intercepts.add(Intercept.tcp("tcp", listener, ports));
      intercepts.add(Intercept.udp("udp", listener, ports));
    }
    net.apply(FirewallTool.NFT, Rules.of(intercepts));
  }

  // It must be read all the time: a full pipe would hold the balancer.
  private Void readOutput() throws IOException {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("ready ")) {
          ready.complete(line);
        } else {
          ended.release();
        }
      }
    }
    ready.completeExceptionally(new IOException("no listener"));
    return null;
  }

  /** Waits until the access log tells of so many more connections that they are over. */
  void awaitEnded(int connections) throws InterruptedException {
    assertTrue(
        ended.tryAcquire(connections, PATIENCE_SECONDS, TimeUnit.SECONDS),
        () -> "only " + ended.availablePermits() + " of " + connections + " connections ended");
  }

  /**
   * Waits, as long as connections still end, until no more files and sockets than that are open.
   */
  void awaitDescriptors(long most) throws Exception {
    while (descriptors() > most) {
      awaitEnded(1);
    }
  }

  /** How many files and sockets it has open. */
  long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      return open.count();
    }
  }
}

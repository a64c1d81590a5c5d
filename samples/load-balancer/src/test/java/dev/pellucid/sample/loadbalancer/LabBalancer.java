package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.lab.LabNetwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** How many files and sockets it has open. */
  long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      return open.count();
    }
  }
}

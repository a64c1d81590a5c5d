package dev.pellucid.lab;

import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One host of the lab. Code that it runs sees the host's network and no other, and so does every
 * thread and process that this code starts, a Pekko {@code ActorSystem} for example. All methods
 * may be called on any thread, also on one of another host.
 */
public final class LabHost {
  private final String name;
  private final InetAddress address;
  private final InetAddress address6;
  private final Namespace namespace;
  private final LabTasks tasks;
  private final LabProcesses processes;

  LabHost(String name, String address, String address6) throws IOException, InterruptedException {
    this.name = name;
    this.address = InetAddress.getByName(address);
    this.address6 = InetAddress.getByName(address6);
    this.namespace = Namespace.open(name);
    this.tasks = new LabTasks(name, namespace);
    this.processes = new LabProcesses(namespace);
  }

  /** Its name: {@code client}, {@code proxy}, {@code server0} and so on. */
  public String name() {
    return name;
  }

  /** Its IPv4 address; the proxy's is the one on the client's side. */
  public InetAddress address() {
    return address;
  }

  /** Its IPv6 address; the proxy's is the one on the client's side. */
  public InetAddress address6() {
    return address6;
  }

  /** A port at {@link #address()}. */
  public InetSocketAddress at(int port) {
    return new InetSocketAddress(address, port);
  }

  /** A port at {@link #address6()}. */
  public InetSocketAddress at6(int port) {
    return new InetSocketAddress(address6, port);
  }

  /** Runs a task on a new thread of this host and waits for it. What it throws comes out here. */
  public <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> result = submit(task);
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      // An interrupted caller takes its task with it.
      result.cancel(true);
    }
  }

  private static Exception unwrapped(ExecutionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof Exception cause ? cause : e;
  }

  /** Runs an action as {@link #call} does. */
  public void run(LabAction action) throws Exception {
    call(
        () -> {
          action.run();
          return null;
        });
  }

  /**
   * Starts a task on a new thread of this host. Cancelling the result interrupts it, and so does
   * the end of the lab; a task that blocks in a socket call ends only when its socket is closed,
   * see {@link LabNetwork#closeAtEnd}.
   */
  public <T> CompletableFuture<T> submit(Callable<T> task) {
    return tasks.submit(task);
  }

  /**
   * Runs a command to its end.
   *
   * @return what it wrote to standard output
   * @throws dev.pellucid.runtime.host.HostCommandException if it fails, with its standard error
   */
  public String exec(String... command) throws IOException, InterruptedException {
    return HostCommand.finish(start(command), List.of(command));
  }

  /** Starts a command, as {@link #start(ProcessBuilder)} does, with pipes to its streams. */
  public Process start(String... command) throws IOException, InterruptedException {
    return start(HostCommand.builder(command));
  }

  /**
   * Starts a process. It is ended with the lab, and its descendants with it. If the JVM is killed
   * before that, so is the process.
   *
   * @param builder the command; the lab changes it
   */
  public Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    return processes.start(builder);
  }

  /** Reads a sysctl of this host's network, for example {@code net.ipv4.ip_forward}. */
  public String sysctl(String key) throws IOException, InterruptedException {
    return namespace.onKeeper(() -> Files.readString(sysctlFile(key)).strip());
  }

  /** Sets a sysctl of this host's network. */
  public void sysctl(String key, Object value) throws IOException, InterruptedException {
    namespace.onKeeper(() -> Files.writeString(sysctlFile(key), value.toString()));
  }

  private static Path sysctlFile(String key) {
    return Path.of("/proc/sys", key.split("\\."));
  }

  /**
   * Waits until a TCP socket listens on a port, on whatever address, for at most ten seconds.
   *
   * @throws java.util.concurrent.TimeoutException if none does
   */
  public void awaitListening(int port) throws Exception {
    run(() -> ListeningPorts.await(name, port));
  }

  /** The command that opens a shell on this host, while the lab is open. */
  public String enterCommand() throws IOException {
    List<String> command = new ArrayList<>(List.of("nsenter"));
    if (rootless()) {
      String pid = Long.toString(ProcessHandle.current().pid());
      command.addAll(List.of("--target", pid, "--user", "--preserve-credentials"));
    }
    command.add("--net=" + namespace.file());
    return String.join(" ", command);
  }

  // `unshare --map-root-user` maps a single user; root's own map, in a container too, has many.
  private static boolean rootless() throws IOException {
    String map = Files.readString(Path.of("/proc/self/uid_map")).strip();
    return map.matches("\\d+\\s+\\d+\\s+1");
  }

  @Override
  public String toString() {
    return name + " " + address.getHostAddress();
  }

  Namespace namespace() {
    return namespace;
  }

  /** Ends what was started here and lists what would not end. */
  List<String> stop() throws InterruptedException {
    List<String> leaks = new ArrayList<>(processes.stop());
    leaks.addAll(tasks.stop());
    return leaks;
  }
}

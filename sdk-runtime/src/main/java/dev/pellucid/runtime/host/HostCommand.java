package dev.pellucid.runtime.host;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs commands of the host to their end. Every method blocks. */
public final class HostCommand {
  // System tools, which an ordinary user's PATH often leaves out.
  private static final String SYSTEM_PATH = "/usr/sbin:/sbin";

  private HostCommand() {}

  /** Whether a command is installed. */
  public static boolean installed(String command) {
    return locate(command).isPresent();
  }

  /** A command that finds system tools, itself included, whatever the user's path. */
  public static ProcessBuilder builder(String... command) {
    List<String> located = new ArrayList<>(List.of(command));
    locate(command[0]).ifPresent(file -> located.set(0, file.toString()));
    ProcessBuilder builder = new ProcessBuilder(located);
    builder.environment().put("PATH", path());
    return builder;
  }

  private static Optional<Path> locate(String command) {
    return Arrays.stream(path().split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, command))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String path() {
    return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin") + ":" + SYSTEM_PATH;
  }

  /**
   * Runs a command in the calling thread's network namespace.
   *
   * @return what it wrote to standard output
   * @throws HostCommandException if it ends with anything but 0
   * @throws MissingCommandException if it is not installed
   * @throws IOException if it cannot be started
   * @throws InterruptedException if the thread is interrupted; the command is then killed
   */
  public static String run(String... command) throws IOException, InterruptedException {
    if (!installed(command[0])) {
      throw new MissingCommandException(command[0]);
    }
    return finish(builder(command).start(), List.of(command));
  }

  /**
   * Closes the input of a process that was started with pipes, and waits for its end.
   *
   * @param command what to call it in an error
   * @return what it wrote to standard output
   * @throws HostCommandException if it ends with anything but 0
   * @throws InterruptedException if the thread is interrupted; the process is then killed
   */
  public static String finish(Process process, List<String> command)
      throws IOException, InterruptedException {
    try {
      process.getOutputStream().close();
      FutureTask<String> stderr = reading(process.getErrorStream());
      FutureTask<String> stdout = reading(process.getInputStream());
      int exitCode = process.waitFor();
      if (exitCode != 0) {
        throw new HostCommandException(command, exitCode, stderr.get());
      }
      return stdout.get();
    } catch (ExecutionException e) {
      throw new IOException("cannot read from " + command, e.getCause());
    } finally {
      process.destroyForcibly();
    }
  }

  // Both streams are read while the process runs: it must not wait for room in a full pipe.
  private static FutureTask<String> reading(InputStream stream) {
    FutureTask<String> task =
        new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    Thread thread = new Thread(task, "host-command");
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}

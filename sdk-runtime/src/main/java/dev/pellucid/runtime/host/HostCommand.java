package dev.pellucid.runtime.host;

import static java.util.Objects.requireNonNullElse;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs commands of the host to their end. Every method blocks. */
public final class HostCommand {
  // System tools, which an ordinary user's PATH often leaves out.
  private static final String SYSTEM_PATH = "/usr/sbin:/sbin";

  // Those of hosts with very many rules take seconds.
  private static final int MAX_SECONDS = 60;

  // Of a proxy that has a heap of 256 MiB.
  private static final int MAX_BYTES = 16 << 20;

  private HostCommand() {}

  /** Whether a command is installed, or an absolute path names one. */
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
        .map(folder -> Path.of(folder).resolve(command))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String path() {
    return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin") + ":" + SYSTEM_PATH;
  }

  /**
   * Reads what a command writes.
   *
   * @param <T> what it is read as
   */
  public interface Reader<T> {
    /** Reads standard output, to its end unless it fails, on a thread of its own. */
    T read(InputStream output) throws IOException;
  }

  /**
   * Runs a command in the calling thread's network namespace.
   *
   * @return what it wrote to standard output
   * @throws HostCommandException if it ends with anything but 0
   * @throws MissingCommandException if it is not installed
   * @throws IOException if it cannot be started, writes more than 16 MiB, or has not ended within
   *     60 seconds; it is then killed
   * @throws InterruptedException if the thread is interrupted; the command is then killed
   */
  public static String run(String... command) throws IOException, InterruptedException {
    return run(HostCommand::text, "", command);
  }

  /**
   * The same for what is read while it comes, and so may be long.
   *
   * @param input what the command reads; none of it has to be
   * @return what the reader makes of what it writes
   */
  public static <T> T run(Reader<T> reader, String input, String... command)
      throws IOException, InterruptedException {
    if (!installed(command[0])) {
      throw new MissingCommandException(command[0]);
    }
    return finish(reader, input, builder(command).start(), List.of(command));
  }

  /**
   * Closes the input of a process that was started with pipes, and waits for its end.
   *
   * @param command what to call it in an error
   * @return what it wrote to standard output
   * @throws HostCommandException if it ends with anything but 0
   * @throws IOException if it writes more than 16 MiB, or has not ended within 60 seconds; it is
   *     then killed
   * @throws InterruptedException if the thread is interrupted; the process is then killed
   */
  public static String finish(Process process, List<String> command)
      throws IOException, InterruptedException {
    return finish(HostCommand::text, "", process, command);
  }

  private static <T> T finish(Reader<T> reader, String input, Process process, List<String> command)
      throws IOException, InterruptedException {
    try {
      FutureTask<String> stderr = reading(HostCommand::text, process.getErrorStream());
      FutureTask<T> stdout = reading(reader, process.getInputStream());
      write(input, process);
      if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            "`%s` has not ended within %d s".formatted(String.join(" ", command), MAX_SECONDS));
      }
      if (process.exitValue() != 0) {
        throw new HostCommandException(command, process.exitValue(), stderr.get());
      }
      return stdout.get();
    } catch (ExecutionException e) {
      throw new IOException(
          "cannot read what `%s` prints: %s"
              .formatted(
                  String.join(" ", command), requireNonNullElse(e.getCause(), e).getMessage()),
          e);
    } finally {
      // What a shell has started would outlive it.
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void write(String input, Process process) {
    try (OutputStream stream = process.getOutputStream()) {
      stream.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It has ended without reading on: what it says tells more.
    }
  }

  /** All of it. */
  static String text(InputStream stream) throws IOException {
    byte[] bytes = stream.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new IOException("it is more than %d MiB".formatted(MAX_BYTES >> 20));
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  // Both streams are read while the process runs, even if the reader fails: it must not wait for
  // room in a full pipe.
  private static <T> FutureTask<T> reading(Reader<T> reader, InputStream stream) {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              try {
                return reader.read(stream);
              } finally {
                stream.transferTo(OutputStream.nullOutputStream());
              }
            });
    Thread thread = new Thread(task, "host-command");
    thread.setDaemon(true);
    thread.start();
    return task;
  }
}

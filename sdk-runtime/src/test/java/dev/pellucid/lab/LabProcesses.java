package dev.pellucid.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The processes of a lab host. */
final class LabProcesses {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  // The kernel sends the signal when the thread that started the process ends: the keeper's.
  private static final List<String> DIE_WITH_KEEPER =
      List.of("setpriv", "--pdeathsig", "KILL", "--");

  private final Namespace namespace;
  private final Set<Process> processes = ConcurrentHashMap.newKeySet();

  LabProcesses(Namespace namespace) {
    this.namespace = namespace;
  }

  Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(DIE_WITH_KEEPER);
    command.addAll(builder.command());
    builder.command(command);
    Process process = namespace.onKeeper(builder::start);
    processes.add(process);
    return process;
  }

  List<String> stop() throws InterruptedException {
    List<ProcessHandle> running =
        processes.stream()
            .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
            .filter(ProcessHandle::isAlive)
            .toList();
    running.forEach(ProcessHandle::destroy);
    awaitEnd(running);
    running.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(running);
    return running.stream()
        .filter(ProcessHandle::isAlive)
        .map(handle -> "process " + handle.pid() + " " + handle.info().commandLine().orElse("?"))
        .toList();
  }

  // Not by onExit(): it runs on the common pool, whose threads would be born in a lab's namespace.
  private static void awaitEnd(List<ProcessHandle> handles) throws InterruptedException {
    Poll.until(PATIENCE, () -> handles.stream().noneMatch(ProcessHandle::isAlive));
  }
}

package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.doctor.probe.ConnectAttempt.Outcome;
import dev.pellucid.runtime.linux.Descriptor;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.linux.NativeMemory;
import dev.pellucid.runtime.linux.SocketCalls;
import dev.pellucid.runtime.linux.SocketOption;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Tries connections, all at the same time, in the network namespace of the calling thread. */
final class ConnectAttempts implements AutoCloseable {
  private final SocketCalls calls = new SocketCalls();
  private final Epoll epoll;
  private final Map<Integer, ConnectAttempt> pending = new HashMap<>();
  private final Map<ConnectAttempt, Outcome> outcomes = new LinkedHashMap<>();

  private ConnectAttempts(int count) throws LinuxException {
    epoll = Epoll.create(Math.max(1, count));
  }

  /**
   * Tries some connections and closes them again.
   *
   * @param patience how long to wait for an answer at most
   * @return what became of each
   * @throws LinuxException if there is no socket to be had, or none with such a source
   */
  static Map<ConnectAttempt, Outcome> run(List<ConnectAttempt> attempts, Duration patience)
      throws LinuxException {
    try (ConnectAttempts all = new ConnectAttempts(attempts.size())) {
      for (ConnectAttempt attempt : attempts) {
        all.start(attempt);
      }
      all.await(System.nanoTime() + patience.toNanos());
      return all.outcomes;
    }
  }

  private void start(ConnectAttempt attempt) throws LinuxException {
    InetAddress family = attempt.destination().getAddress();
    boolean tcp = attempt.transport() == Transport.TCP;
    int fd =
        LinuxException.check("socket", tcp ? calls.tcpSocket(family) : calls.udpSocket(family));
    pending.put(fd, attempt);
    if (attempt.mark() != 0) {
      LinuxException.check("setsockopt SO_MARK", calls.mark(fd, attempt.mark()));
    }
    if (attempt.source().isPresent()) {
      bind(fd, attempt.source().get());
    }
    int result = calls.connect(fd, attempt.destination());
    if (result < 0 && result != -Errno.EINPROGRESS) {
      end(fd, -result);
      return;
    }
    // Errors are told in any case.
    epoll.add(fd, tcp ? Epoll.OUT : 0, 0);
    if (!tcp) {
      int sent = (int) SocketCalls.send(fd, NativeMemory.allocate(1).address(), 0, false);
      if (sent < 0) {
        end(fd, -sent);
      }
    }
  }

  private void bind(int fd, InetAddress source) throws LinuxException {
    LinuxException.check(
        "setsockopt IP_TRANSPARENT", calls.enable(fd, SocketOption.IP_TRANSPARENT));
    LinuxException.check(
        "setsockopt IP_BIND_ADDRESS_NO_PORT",
        calls.enable(fd, SocketOption.IP_BIND_ADDRESS_NO_PORT));
    LinuxException.check("bind " + source.getHostAddress(), calls.bind(fd, source, 0));
  }

  private void await(long deadline) throws LinuxException {
    while (!pending.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        giveUp();
        return;
      }
      int events = epoll.await((int) left);
      for (int i = 0; i < events; i++) {
        int fd = epoll.descriptor(i);
        end(fd, calls.takeError(fd));
      }
    }
  }

  private void giveUp() throws LinuxException {
    for (Map.Entry<Integer, ConnectAttempt> left : Map.copyOf(pending).entrySet()) {
      boolean tcp = left.getValue().transport() == Transport.TCP;
      end(left.getKey(), tcp ? Errno.ETIMEDOUT : 0);
    }
  }

  private void end(int fd, int errno) throws LinuxException {
    Outcome outcome = new Outcome(errno, calls.localAddress(fd).getAddress());
    ConnectAttempt attempt = pending.remove(fd);
    Descriptor.close(fd);
    if (attempt != null) {
      outcomes.put(attempt, outcome);
    }
  }

  @Override
  public void close() {
    pending.keySet().forEach(Descriptor::close);
    epoll.close();
  }
}

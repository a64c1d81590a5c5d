package dev.pellucid.javadsl;

import dev.pellucid.runtime.linux.Errno;
import dev.pellucid.runtime.linux.LinuxException;
import dev.pellucid.runtime.relay.ListenerGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A listener that could not be opened. The message says why, and what to do about it. */
public final class BindException extends IOException {
  private static final long serialVersionUID = 1;

  BindException(InetSocketAddress address, LinuxException cause) {
    super("cannot listen on " + text(address) + ": " + cause.getMessage() + remedy(cause), cause);
  }

  static CompletionStage<Binding> failed(ListenerGroup group, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return CompletableFuture.failedStage(
        cause instanceof LinuxException linux
            ? new BindException(group.options().address(), linux)
            : cause);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private static String remedy(LinuxException cause) {
    return switch (cause.errno()) {
      case Errno.EPERM ->
          "; transparent and marked sockets need CAP_NET_RAW: run as root, or grant it with"
              + " AmbientCapabilities=CAP_NET_RAW in a systemd unit";
      case Errno.EACCES ->
          "; ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE";
      case Errno.EADDRINUSE ->
          "; another process listens there: find it with 'ss -lntup', stop it or choose another"
              + " port";
      case Errno.EADDRNOTAVAIL ->
          "; no interface of this host has that address: see 'ip address', or listen on 0.0.0.0";
      case Errno.EMFILE -> "; raise the limit of open files (ulimit -n)";
      default -> "";
    };
  }
}

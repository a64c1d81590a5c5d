package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination;
import dev.pellucid.api.Termination.Cause;
import dev.pellucid.api.Termination.Party;
import dev.pellucid.api.Termination.Phase;
import dev.pellucid.runtime.linux.Errno;
import java.net.InetAddress;

/** A connection to an upstream that failed; part of normal work, so it has no stack trace. */
final class DialException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Termination termination;

  private DialException(String message, Termination termination) {
    super(message, null, false, false);
    this.termination = termination;
  }

  /** The wished-for source address could not be had, or no socket; the upstream is not to blame. */
  static DialException ofProxy(String call, int errno) {
    Cause cause =
        Errno.outOfDescriptors(errno) ? Cause.OUT_OF_DESCRIPTORS : Cause.SOURCE_UNAVAILABLE;
    return new DialException(
        call + ": " + Errno.describe(errno), new Termination(Party.PROXY, Phase.CONNECT, cause));
  }

  /** The result of a system call of the proxy's own, unless it is a negative errno. */
  static int check(String call, int result) throws DialException {
    if (result < 0) {
      throw ofProxy(call, -result);
    }
    return result;
  }

  /** Packets of one version of IP cannot carry a source address of the other. */
  static DialException ofFamilies(InetAddress source, InetAddress upstream) {
    return new DialException(
        "%s cannot be shown to %s: the address families differ"
            .formatted(source.getHostAddress(), upstream.getHostAddress()),
        new Termination(Party.PROXY, Phase.CONNECT, Cause.FAMILY_MISMATCH));
  }

  /** connect(2) failed, at once or later. */
  static DialException ofConnect(int errno) {
    return switch (errno) {
      // The port range towards this destination is used up, or the 4-tuple is in use.
      // EINVAL: no packet can go from that source to that destination, as from 127.0.0.1 abroad.
      // EAGAIN: the same of UDP ports.
      case Errno.EADDRNOTAVAIL, Errno.EADDRINUSE, Errno.EAGAIN, Errno.EINVAL ->
          ofProxy("connect", errno);
      case Errno.ECONNREFUSED -> ofUpstream(errno, Cause.REFUSED);
      case Errno.ECONNRESET -> ofUpstream(errno, Cause.RESET);
      case Errno.ETIMEDOUT -> ofUpstream(errno, Cause.TIMEOUT);
      case Errno.ENETUNREACH, Errno.EHOSTUNREACH -> ofUpstream(errno, Cause.UNREACHABLE);
      default -> ofUpstream(errno, Cause.FAILED);
    };
  }

  /** The PROXY protocol header was not sent as a whole, though the connection stands. */
  static DialException ofHeader(String reason) {
    return new DialException(
        "the PROXY protocol header was not sent: " + reason,
        new Termination(Party.PROXY, Phase.CONNECT, Cause.FAILED));
  }

  private static DialException ofUpstream(int errno, Cause cause) {
    return new DialException(
        "connect: " + Errno.describe(errno), new Termination(Party.UPSTREAM, Phase.CONNECT, cause));
  }

  Termination termination() {
    return termination;
  }
}

package dev.pellucid.plugin.textlog;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Upstream;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Formats the lines of one batch, one after the other, in the same memory. */
final class Line {
  private final StringBuilder text = new StringBuilder(256);

  String of(ConnectionSummary summary) {
    text.setLength(0);
    Connection connection = summary.connection();
    text.append("time=").append(connection.acceptedAt());
    text.append(" id=").append(connection.id());
    address(" client=", connection.client());
    address(" destination=", connection.originalDestination());
    address(" upstream=", summary.upstream().map(Upstream::address).orElse(null));
    text.append(" from-client=").append(summary.bytesFromClient());
    text.append(" from-upstream=").append(summary.bytesFromUpstream());
    milliseconds(" connect-ms=", summary.connectTime().orElse(null));
    milliseconds(" total-ms=", summary.totalTime());
    text.append(" end=").append(summary.termination().code());
    text.append(" cause=").append(summary.termination().cause().text());
    return text.toString();
  }

  private void address(String label, @Nullable InetSocketAddress address) {
    text.append(label);
    if (address == null) {
      text.append('-');
      return;
    }
    boolean brackets = address.getAddress() instanceof Inet6Address;
    text.append(brackets ? "[" : "").append(address.getAddress().getHostAddress());
    text.append(brackets ? "]:" : ":").append(address.getPort());
  }

  /** With three decimals: connecting takes less than a millisecond where the network is short. */
  private void milliseconds(String label, @Nullable Duration duration) {
    text.append(label);
    if (duration == null) {
      text.append('-');
      return;
    }
    long micros = duration.toNanos() / 1000;
    text.append(micros / 1000).append('.');
    long decimals = micros % 1000;
    text.append(decimals < 100 ? "0" : "").append(decimals < 10 ? "0" : "").append(decimals);
  }
}

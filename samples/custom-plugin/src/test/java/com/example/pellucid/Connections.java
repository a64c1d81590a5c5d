package com.example.pellucid;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Connections for tests, which know what they are asked for here and nothing else. */
final class Connections {
  private Connections() {}

  // #connection
  /** A connection; other methods than these fail, also those that later versions may add. */
  static Connection of(String client, Instant acceptedAt) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "client" -> new InetSocketAddress(client, 40000);
                  case "originalDestination" -> new InetSocketAddress("192.0.2.1", 80);
                  case "acceptedAt" -> acceptedAt;
                  default -> throw new UnsupportedOperationException(method.toString());
                });
  }

  // #connection

  /** The end of a connection that took so long. */
  static ConnectionSummary ended(Duration totalTime) {
    return new ConnectionSummary(
        of("10.1.0.2", Instant.EPOCH),
        Optional.empty(),
        1,
        2,
        Optional.empty(),
        totalTime,
        Termination.COMPLETED);
  }
}

package com.example.pellucid;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.testkit.FakeConnection;
import dev.pellucid.api.Termination;
import java.time.Duration;
import java.util.Optional;

/** Ends of connections, for tests. */
final class Connections {
  private Connections() {}

  /** The end of a connection that took so long. */
  static ConnectionSummary ended(Duration totalTime) {
    return new ConnectionSummary(
        FakeConnection.create(),
        Optional.empty(),
        1,
        2,
        Optional.empty(),
        totalTime,
        Termination.COMPLETED);
  }
}

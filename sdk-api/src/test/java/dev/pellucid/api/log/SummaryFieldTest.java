package dev.pellucid.api.log;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.testkit.FakeConnection;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SummaryFieldTest {
  /** Until the end of the year 9999: later years have a sign in ISO 8601. */
  private static final long LAST_SECOND = 253_402_300_799L;

  @Test
  void aRelayedConnection() {
    Connection connection = FakeConnection.from("[2001:db8::2]:40312");
    connection.set(Connection.POOL, "blue");
    ConnectionSummary summary =
        new ConnectionSummary(
            connection,
            Optional.of(Upstream.of(Addresses.parse("10.2.0.3:8080"))),
            78,
            5120,
            Optional.of(Duration.ofNanos(412_999)),
            Duration.ofMillis(3071),
            Termination.COMPLETED);
    assertEquals(
        """
        time=1970-01-01T00:00:00.000Z
        id=%d
        transport=tcp
        client=[2001:db8:0:0:0:0:0:2]:40312
        client-ip=2001:db8:0:0:0:0:0:2
        client-port=40312
        destination=10.2.0.2:80
        destination-ip=10.2.0.2
        destination-port=80
        upstream=10.2.0.3:8080
        upstream-ip=10.2.0.3
        upstream-port=8080
        pool=blue
        from-client=78
        from-upstream=5120
        connect-ms=0.412
        total-ms=3071.000
        end=--
        cause=finished"""
            .formatted(connection.id()),
        all(summary));
  }

  @Test
  void whatThereIsNotIsEmpty() {
    FakeConnection connection = FakeConnection.create().with(Transport.UDP);
    connection.refuse(
        new Termination(
            Termination.Party.PROXY, Termination.Phase.ROUTE, Termination.Cause.REJECTED));
    String all = all(connection.summary());
    for (String line :
        new String[] {
          "transport=udp",
          "upstream=",
          "upstream-ip=",
          "upstream-port=",
          "pool=",
          "connect-ms=",
          "total-ms=0.000",
          "end=PR",
          "cause=rejected"
        }) {
      assertEquals(1, all.lines().filter(line::equals).count(), line);
    }
  }

  @Property
  void timesHaveMilliseconds(@ForAll @LongRange(min = 0, max = LAST_SECOND * 1000) long millis) {
    StringBuilder text = new StringBuilder();
    Times.iso(text, Instant.ofEpochMilli(millis));
    assertEquals("0000-00-00T00:00:00.000Z".length(), text.length());
    assertEquals(Instant.ofEpochMilli(millis), Instant.parse(text).truncatedTo(ChronoUnit.MILLIS));
  }

  @Property
  void durationsAreDecimalMilliseconds(@ForAll @LongRange(min = 0) long nanoseconds) {
    StringBuilder text = new StringBuilder();
    Times.milliseconds(text, Duration.ofNanos(nanoseconds));
    assertEquals(BigDecimal.valueOf(nanoseconds / 1000, 3), new BigDecimal(text.toString()));
  }

  private static String all(ConnectionSummary summary) {
    return Arrays.stream(SummaryField.values())
        .map(
            field -> {
              StringBuilder text = new StringBuilder(field.label()).append('=');
              field.appendTo(text, summary);
              return text.toString();
            })
        .collect(joining("\n"));
  }
}

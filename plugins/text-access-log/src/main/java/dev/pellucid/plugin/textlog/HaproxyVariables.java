package dev.pellucid.plugin.textlog;

import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.log.LogFields;
import dev.pellucid.plugin.textlog.Format.Part;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The variables of HAProxy's custom log format that mean something here, written as HAProxy writes
 * them: programs that read its logs can read these.
 */
final class HaproxyVariables {
  private static final String DATE = "dd/MMM/yyyy:HH:mm:ss";

  private final Map<String, Part> variables = new LinkedHashMap<>();
  private final LogFields fields;

  HaproxyVariables(LogFields fields) {
    this.fields = fields;
    field("%ci", "client-ip");
    field("%cp", "client-port");
    field("%fi", "destination-ip");
    field("%fp", "destination-port");
    field("%si", "upstream-ip");
    field("%sp", "upstream-port");
    field("%f", "listener");
    field("%ft", "listener");
    field("%b", "pool");
    field("%s", "upstream");
    field("%U", "from-client");
    field("%B", "from-upstream");
    field("%ts", "end");
    field("%rt", "id");
    number("%Tc", summary -> milliseconds(summary.connectTime()));
    number("%Td", HaproxyVariables::transferMilliseconds);
    number("%Tt", summary -> summary.totalTime().toMillis());
    number("%Ts", summary -> accepted(summary).getEpochSecond());
    date("%ms", "SSS", ZoneOffset.UTC);
    date("%t", DATE + ".SSS", ZoneId.systemDefault());
    date("%T", DATE + " xx", ZoneOffset.UTC);
    date("%Tl", DATE + " xx", ZoneId.systemDefault());
  }

  /** A variable, with its percent sign. */
  Part named(String variable) {
    Part part = variables.get(variable);
    if (part == null) {
      throw new IllegalArgumentException(
          "unknown variable \"%s\"; known are %%{FIELD}, %s and %%%% for a percent sign"
              .formatted(variable, String.join(", ", names())));
    }
    return part;
  }

  /** The names of all, with their percent signs. */
  Set<String> names() {
    return variables.keySet();
  }

  private void field(String variable, String label) {
    variables.put(variable, new FieldPart(fields.named(label)));
  }

  private void number(String variable, ToLongFunction<ConnectionSummary> value) {
    variables.put(variable, (line, summary) -> line.append(value.applyAsLong(summary)));
  }

  private void date(String variable, String pattern, ZoneId zone) {
    DateTimeFormatter formatter =
        DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(zone);
    variables.put(variable, (line, summary) -> formatter.formatTo(accepted(summary), line));
  }

  private static Instant accepted(ConnectionSummary summary) {
    return summary.connection().acceptedAt();
  }

  /** HAProxy's -1 where a phase was never reached. */
  private static long milliseconds(Optional<Duration> time) {
    return time.map(Duration::toMillis).orElse(-1L);
  }

  private static long transferMilliseconds(ConnectionSummary summary) {
    return milliseconds(summary.connectTime().map(summary.totalTime()::minus));
  }
}

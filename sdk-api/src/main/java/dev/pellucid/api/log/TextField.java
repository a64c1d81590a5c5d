package dev.pellucid.api.log;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.ConnectionSummary;
import java.util.Optional;
import java.util.function.Function;

/** A text that exists beforehand. */
record TextField(String label, Function<ConnectionSummary, Optional<String>> value)
    implements LogField {

  /** The name of the listener: the same for all connections of one log. */
  static LogField listener(String name) {
    Optional<String> value = Optional.of(name);
    return new TextField("listener", summary -> value);
  }

  static LogField attribute(Attribute<String> attribute) {
    return new TextField(attribute.name(), summary -> summary.connection().get(attribute));
  }

  @Override
  public boolean isNumber() {
    return false;
  }

  @Override
  public void appendTo(StringBuilder text, ConnectionSummary summary) {
    value.apply(summary).ifPresent(text::append);
  }
}

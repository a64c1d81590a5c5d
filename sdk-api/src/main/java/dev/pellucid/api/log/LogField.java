package dev.pellucid.api.log;

import dev.pellucid.api.ConnectionSummary;

/**
 * One thing that an access log writes of a connection: a {@linkplain SummaryField field of its
 * summary}, the listener it came in by, or an attribute that a stage has attached to it. {@link
 * LogFields} finds the ones that settings name. Immutable, for any thread.
 */
public interface LogField {

  /**
   * What it is called in settings and in logs: letters, digits, {@code .}, {@code _}, {@code -}.
   */
  String label();

  /** Whether the value is a decimal number, never negative. If not, it is a text. */
  boolean isNumber();

  /**
   * Appends the value, or nothing if there is none. A text may hold anything that a client has
   * sent, line ends included; {@link Escapes} takes the harm out of it.
   */
  void appendTo(StringBuilder text, ConnectionSummary summary);
}

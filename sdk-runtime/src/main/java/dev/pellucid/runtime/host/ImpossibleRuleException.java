package dev.pellucid.runtime.host;

/** A tool has no rule for what an intercept asks for. The message says which tool has. */
public final class ImpossibleRuleException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ImpossibleRuleException(String message) {
    super(message);
  }
}

package dev.pellucid.api.filter;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What a filter says of a connection. */
public sealed interface Verdict {

  /** The connection may pass. */
  enum Accept implements Verdict {
    /** The only instance. */
    INSTANCE
  }

  /** The connection is refused; its client sees a reset. */
  enum Reject implements Verdict {
    /** The only instance. */
    INSTANCE
  }

  /**
   * The decision is yet to be made; other connections pass in the meantime.
   *
   * @param verdict completes with the decision; a failure refuses the connection
   */
  record Later(CompletionStage<Verdict> verdict) implements Verdict {
    /** Checks that there is a stage. */
    public Later {
      Objects.requireNonNull(verdict, "verdict");
    }
  }

  /** The connection may pass. */
  static Verdict accept() {
    return Accept.INSTANCE;
  }

  /** The connection is refused; its client sees a reset. */
  static Verdict reject() {
    return Reject.INSTANCE;
  }

  /** The decision follows when the given stage completes. */
  static Verdict later(CompletionStage<Verdict> verdict) {
    return new Later(verdict);
  }
}

package dev.pellucid.runtime.host.ruleset;

/**
 * Where a packet goes on.
 *
 * @param kind what is decided
 * @param chain the chain that a jump or goto leads to; empty for others
 */
record Verdict(Kind kind, String chain) {
  enum Kind {
    /** Ends this base chain; those behind it still see the packet. */
    ACCEPT,
    DROP,
    REJECT,
    RETURN,
    JUMP,
    GOTO,
    /** On to the next rule: this one does not match after all. */
    BREAK,
    /** On to the rule's next statement. */
    CONTINUE
  }

  static final Verdict ACCEPT = new Verdict(Kind.ACCEPT, "");
  static final Verdict DROP = new Verdict(Kind.DROP, "");
  static final Verdict REJECT = new Verdict(Kind.REJECT, "");
  static final Verdict RETURN = new Verdict(Kind.RETURN, "");
  static final Verdict BREAK = new Verdict(Kind.BREAK, "");
  static final Verdict CONTINUE = new Verdict(Kind.CONTINUE, "");

  static Verdict jump(String chain) {
    return new Verdict(Kind.JUMP, chain);
  }

  static Verdict goTo(String chain) {
    return new Verdict(Kind.GOTO, chain);
  }
}

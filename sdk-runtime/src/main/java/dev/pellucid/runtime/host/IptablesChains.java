package dev.pellucid.runtime.host;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The chains of ours in each family.
 *
 * @param names what their names begin with
 */
record IptablesChains(RuleNames names) {
  private static final String NO_HOOK = "-";

  /** All of them; some may not be needed. */
  Stream<IptablesChain> all() {
    return Stream.concat(hooked().stream(), Stream.of(divert(), applied(), saved()));
  }

  /** Those that a built-in chain calls. */
  List<IptablesChain> hooked() {
    return List.of(prerouting(), output(), redirect(), redirectOutput());
  }

  IptablesChain prerouting() {
    return chain("mangle", "PREROUTING", "");
  }

  IptablesChain output() {
    return chain("mangle", "OUTPUT", "_OUTPUT");
  }

  IptablesChain redirect() {
    return chain("nat", "PREROUTING", "_REDIRECT");
  }

  IptablesChain redirectOutput() {
    return chain("nat", "OUTPUT", "_REDIRECT_OUT");
  }

  /** Called from {@link #prerouting} alone. */
  IptablesChain divert() {
    return chain("mangle", NO_HOOK, "_DIVERT");
  }

  /** Called from nowhere: its comment tells what was applied. */
  IptablesChain applied() {
    return chain("mangle", NO_HOOK, "_APPLIED");
  }

  /** Called from nowhere: its comments are the {@link Notes}. */
  IptablesChain saved() {
    return chain("mangle", NO_HOOK, "_SAVED");
  }

  private IptablesChain chain(String table, String hook, String suffix) {
    return new IptablesChain(table, hook, names.table().toUpperCase(Locale.ROOT) + suffix);
  }
}

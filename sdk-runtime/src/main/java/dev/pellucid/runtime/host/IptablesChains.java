package dev.pellucid.runtime.host;

import java.util.List;
import java.util.Locale;

/**
 * The chains of ours in each family.
 *
 * @param names what their names begin with
 */
record IptablesChains(RuleNames names) {

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
    return chain("mangle", prerouting().name(), "_DIVERT");
  }

  private IptablesChain chain(String table, String hook, String suffix) {
    return new IptablesChain(table, hook, names.table().toUpperCase(Locale.ROOT) + suffix);
  }
}

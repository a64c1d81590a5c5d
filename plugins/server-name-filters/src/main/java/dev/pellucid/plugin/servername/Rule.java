package dev.pellucid.plugin.servername;

import com.typesafe.config.ConfigUtil;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.plugin.servername.Reading.Asked;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is done with some connections.
 *
 * @param names whom they have to ask for; null means anyone or no one
 * @param protocols one of which they have to offer; empty means any or none
 */
record Rule(@Nullable Names names, Set<String> protocols, Action action) {
  private static final String NAMES = "names";
  private static final String ALPN = "alpn";
  private static final Set<String> KEYS = Set.of(NAMES, "action", "pool");

  /**
   * Reads a rule.
   *
   * @param alpn whether it may have that key
   */
  static Rule read(Settings rule, PluginContext context, boolean alpn) {
    requireKnown(rule, alpn);
    List<String> names = rule.list(NAMES, Names::parse);
    List<String> protocols = rule.list(ALPN, Alpn::parse);
    if (names.isEmpty() && protocols.isEmpty()) {
      throw rule.bad(
          NAMES, "is empty or missing; for connections that match no rule there is otherwise");
    }
    return new Rule(
        names.isEmpty() ? null : new Names(names), Set.copyOf(protocols), Action.of(rule, context));
  }

  /** The runtime checks the keys of the filter, but not those of its rules. */
  private static void requireKnown(Settings rule, boolean alpn) {
    Set<String> known = new TreeSet<>(KEYS);
    if (alpn) {
      known.add(ALPN);
    }
    for (String key : rule.config().root().keySet()) {
      if (!known.contains(key)) {
        throw rule.bad(ConfigUtil.joinPath(key), "is no key of a rule; those are " + known);
      }
    }
  }

  boolean matches(Asked asked) {
    return (names == null || asked.name().filter(names::contain).isPresent())
        && (protocols.isEmpty() || asked.protocols().stream().anyMatch(protocols::contains));
  }
}

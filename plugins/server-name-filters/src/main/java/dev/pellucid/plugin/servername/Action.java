package dev.pellucid.plugin.servername;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a connection.
 *
 * @param pool where it goes; null leaves that as it is
 */
record Action(Verdict verdict, @Nullable String pool) {
  private static final String ACTION = "action";
  private static final String POOL = "pool";

  private static final Action ALLOW = new Action(Verdict.accept(), null);
  private static final Action DENY = new Action(Verdict.reject(), null);

  /**
   * Reads {@code allow} or {@code deny}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static Action parse(String text) {
    return switch (text) {
      case "allow" -> ALLOW;
      case "deny" -> DENY;
      default -> throw new IllegalArgumentException("must be allow or deny, not \"" + text + "\"");
    };
  }

  /** Reads a rule's action. */
  static Action of(Settings rule, PluginContext context) {
    String action = rule.text(ACTION, "");
    if (action.equals("route")) {
      return new Action(Verdict.accept(), pool(rule, context));
    }
    if (rule.has(POOL)) {
      throw rule.bad(POOL, "goes with action = route only");
    }
    return switch (action) {
      case "allow" -> ALLOW;
      case "deny" -> DENY;
      default -> throw rule.bad(ACTION, "must be allow, deny or route");
    };
  }

  private static String pool(Settings rule, PluginContext context) {
    String pool = rule.text(POOL, "");
    if (!context.pools().contains(pool)) {
      throw rule.bad(
          POOL,
          "must be one of the pools of listener "
              + context.listener()
              + ", which are "
              + new TreeSet<>(context.pools()));
    }
    return pool;
  }

  /** Does it. */
  Verdict apply(Connection connection) {
    if (pool != null) {
      connection.set(Connection.POOL, pool);
    }
    return verdict;
  }
}

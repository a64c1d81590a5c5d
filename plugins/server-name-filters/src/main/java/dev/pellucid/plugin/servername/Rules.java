package dev.pellucid.plugin.servername;

import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.plugin.servername.Reading.Asked;
import java.util.List;
import java.util.Set;

/**
 * What is done with each connection: what the first rule says that it matches.
 *
 * @param otherwise for those that ask for a name and match no rule
 * @param unnamed for those that match no rule and ask for no name that could be read
 */
record Rules(List<Rule> rules, Action otherwise, Action unnamed) {
  private static final String RULES = "rules";
  private static final String OTHERWISE = "otherwise";
  private static final String UNNAMED = "unnamed";

  static final Set<String> KEYS = Set.of(RULES, OTHERWISE, UNNAMED);

  static Rules read(Settings settings, PluginContext context, boolean alpn) {
    Action otherwise =
        settings
            .read(OTHERWISE, Action::parse)
            .orElseThrow(
                () ->
                    settings.bad(OTHERWISE, "is missing: allow or deny for what matches no rule"));
    return new Rules(
        settings.objects(RULES).stream().map(rule -> Rule.read(rule, context, alpn)).toList(),
        otherwise,
        settings.read(UNNAMED, Action::parse).orElse(otherwise));
  }

  Action decide(Reading reading) {
    return reading instanceof Asked asked ? decide(asked) : unnamed;
  }

  private Action decide(Asked asked) {
    for (Rule rule : rules) {
      if (rule.matches(asked)) {
        return rule.action();
      }
    }
    return asked.name().isPresent() ? otherwise : unnamed;
  }
}

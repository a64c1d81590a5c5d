package dev.pellucid.runtime.host.doctor.probe;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What drops packets as soon as they arrive, ahead of all other rules. */
final class IngressDrops {
  private static final ConfigParseOptions JSON =
      ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

  private IngressDrops() {}

  /** A chain, as nft names it. */
  private record Chain(String family, String table, String name) {
    static Chain of(Config json, String name) {
      return new Chain(json.getString("family"), json.getString("table"), json.getString(name));
    }
  }

  /**
   * The commands that delete each rule of nft that may drop what arrives on an interface, before
   * the packet's protocol is looked at. Which interface a chain belongs to, not every nft tells.
   */
  static List<String> deletions(String device) throws IOException, InterruptedException {
    if (!FirewallTool.NFT.installed()) {
      return List.of();
    }
    try {
      return deletions(list(HostCommand.run("nft", "-j", "-a", "list", "ruleset")), device);
    } catch (ConfigException e) {
      throw new IOException("nft prints what cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<? extends Config> list(String json) {
    return ConfigFactory.parseString(json, JSON).getConfigList("nftables");
  }

  private static List<String> deletions(List<? extends Config> objects, String device) {
    Set<Chain> chains =
        objects.stream()
            .filter(object -> object.hasPath("chain.hook"))
            .map(object -> object.getConfig("chain"))
            .filter(chain -> chain.getString("hook").equals("ingress"))
            .filter(chain -> !chain.hasPath("dev") || belongs(chain, device))
            .map(chain -> Chain.of(chain, "name"))
            .collect(Collectors.toCollection(HashSet::new));
    return objects.stream()
        .filter(object -> object.hasPath("rule"))
        .map(object -> object.getConfig("rule"))
        .filter(rule -> chains.contains(Chain.of(rule, "chain")) && drops(rule))
        .map(
            rule ->
                "nft delete rule %s %s %s handle %d"
                    .formatted(
                        rule.getString("family"),
                        rule.getString("table"),
                        rule.getString("chain"),
                        rule.getInt("handle")))
        .toList();
  }

  // One name, or several.
  private static boolean belongs(Config chain, String device) {
    return chain.getValue("dev").render(ConfigRenderOptions.concise()).contains('"' + device + '"');
  }

  private static boolean drops(Config rule) {
    return rule.getList("expr").stream()
        .anyMatch(statement -> statement.render(ConfigRenderOptions.concise()).contains("drop"));
  }
}

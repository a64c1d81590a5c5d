package dev.pellucid.runtime.host.doctor.probe;

import static java.util.stream.Collectors.toSet;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.host.Json;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** What drops packets as soon as they arrive, ahead of all other rules. */
final class IngressDrops {
  private IngressDrops() {}

  /** A chain, as nft names it. */
  private record Chain(String family, String table, String name) {
    static Chain of(Json json, String name) {
      return new Chain(json.text("family"), json.text("table"), json.text(name));
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
    return deletions(
        HostCommand.run(Json::list, "", "nft", "-j", "-a", "-t", "list", "ruleset"), device);
  }

  private static List<String> deletions(List<Json> objects, String device) {
    Set<Chain> chains =
        objects.stream()
            .flatMap(object -> object.get("chain").stream())
            .filter(chain -> chain.text("hook").equals("ingress"))
            .filter(chain -> !chain.has("dev") || belongs(chain, device))
            .map(chain -> Chain.of(chain, "name"))
            .collect(toSet());
    return objects.stream()
        .flatMap(object -> object.get("rule").stream())
        .filter(rule -> chains.contains(Chain.of(rule, "chain")) && drops(rule))
        .map(
            rule ->
                "nft delete rule %s %s %s handle %s"
                    .formatted(
                        rule.text("family"),
                        rule.text("table"),
                        rule.text("chain"),
                        rule.text("handle")))
        .toList();
  }

  // One name, or several.
  private static boolean belongs(Json chain, String device) {
    return chain.items("dev").stream().anyMatch(name -> name.text().equals(device));
  }

  private static boolean drops(Json rule) {
    return rule.items("expr").stream().anyMatch(statement -> statement.text().contains("drop"));
  }
}

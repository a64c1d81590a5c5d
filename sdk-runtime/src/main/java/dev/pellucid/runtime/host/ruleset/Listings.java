package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.linux.LocalAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists every back end's tables once. */
final class Listings {
  private final AddressType types;

  /** A chain that is listed by both nft and iptables-nft keeps its place among nft's. */
  private final Map<List<String>, Table> nft = new LinkedHashMap<>();

  private final List<Table> legacy = new ArrayList<>();

  private Listings(AddressType types) {
    this.types = types;
  }

  /** The tables in the order in which they came, as far as it is to be seen. */
  static List<Table> read() throws IOException, InterruptedException {
    Listings listings = new Listings(new AddressType(LocalAddresses.read()));
    if (HostCommand.installed("nft")) {
      NftRuleTexts texts =
          HostCommand.run(NftRuleTexts::read, "", "nft", "-a", "-s", "-t", "list", "ruleset");
      List<Table> tables =
          HostCommand.run(
              json -> NftListing.read(json, texts, listings.types),
              "",
              "nft",
              "-j",
              "list",
              "ruleset");
      tables.forEach(table -> listings.nft.put(List.of(table.family(), table.name()), table));
    }
    listings.iptables("iptables", Path.of("/proc/thread-self/net/ip_tables_names"));
    listings.iptables("ip6tables", Path.of("/proc/thread-self/net/ip6_tables_names"));
    // When a legacy table came is not to be seen.
    List<Table> all = new ArrayList<>(listings.legacy);
    all.addAll(listings.nft.values());
    return all;
  }

  // Of a table that nft has filled too, iptables-nft lists what it can, and chains that are not
  // there. Its matches that nft does not know are the reason to look at its listing.
  private void merge(List<Table> tables) {
    for (Table table : tables) {
      Table whole = nft.putIfAbsent(List.of(table.family(), table.name()), table);
      if (whole != null) {
        whole
            .chains()
            .replaceAll(
                (name, chain) ->
                    Optional.ofNullable(table.chains().get(name))
                        .map(same -> merged(chain, same))
                        .orElse(chain));
      }
    }
  }

  private static Chain merged(Chain nft, Chain iptables) {
    List<Chain.Rule> rules = new ArrayList<>(iptables.rules());
    if (rules.size() == nft.rules().size()) {
      for (int i = 0; i < rules.size(); i++) {
        Chain.Rule rule = nft.rules().get(i);
        // iptables-nft makes none of these, and lists rules of nft without them.
        if (rule.looksUp()) {
          rules.set(i, rule);
        }
      }
    }
    return new Chain(iptables.base(), rules);
  }

  // The plain command is one of the other two where they exist.
  private void iptables(String command, Path legacyTables)
      throws IOException, InterruptedException {
    boolean named = false;
    if (HostCommand.installed(command + "-nft-save")) {
      named = true;
      merge(list(command + "-nft"));
    }
    if (HostCommand.installed(command + "-legacy-save")) {
      named = true;
      legacy(command + "-legacy", legacyTables);
    }
    if (!named && HostCommand.installed(command + "-save")) {
      if (HostCommand.run(command, "--version").contains("nf_tables")) {
        merge(list(command));
      } else {
        legacy(command, legacyTables);
      }
    }
  }

  // Listing a table that is not there would create it. The file is missing without the module.
  private void legacy(String program, Path tables) throws IOException, InterruptedException {
    if (Files.exists(tables) && !Files.readString(tables).isBlank()) {
      legacy.addAll(list(program));
    }
  }

  private List<Table> list(String program) throws IOException, InterruptedException {
    return IptablesListing.parse(program, HostCommand.run(program + "-save"), types);
  }
}

package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.HostCommand;
import dev.pellucid.runtime.linux.LocalAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists every back end's tables once. */
final class Listings {
  private final AddressType types;

  /** A table that is listed by both nft and iptables-nft keeps its place among nft's. */
  private final Map<List<String>, Table> nft = new LinkedHashMap<>();

  private final List<Table> legacy = new ArrayList<>();

  private Listings(AddressType types) {
    this.types = types;
  }

  static List<Table> read() throws IOException, InterruptedException {
    Listings listings = new Listings(new AddressType(LocalAddresses.read()));
    if (HostCommand.installed("nft")) {
      listings.nft(
          NftListing.parse(
              HostCommand.run("nft", "-j", "list", "ruleset"),
              HostCommand.run("nft", "-a", "list", "ruleset"),
              listings.types));
    }
    listings.iptables("iptables", Path.of("/proc/thread-self/net/ip_tables_names"));
    listings.iptables("ip6tables", Path.of("/proc/thread-self/net/ip6_tables_names"));
    List<Table> all = new ArrayList<>(listings.nft.values());
    // Of chains with one priority, the kernel calls the one first that came last. When a legacy
    // table came is not to be seen.
    Collections.reverse(all);
    all.addAll(listings.legacy);
    return all;
  }

  private void nft(List<Table> tables) {
    tables.forEach(table -> nft.put(List.of(table.family(), table.name()), table));
  }

  // The plain command is one of the other two where they exist.
  private void iptables(String command, Path legacyTables)
      throws IOException, InterruptedException {
    boolean named = false;
    if (HostCommand.installed(command + "-nft-save")) {
      named = true;
      nft(list(command + "-nft"));
    }
    if (HostCommand.installed(command + "-legacy-save")) {
      named = true;
      legacy(command + "-legacy", legacyTables);
    }
    if (!named && HostCommand.installed(command + "-save")) {
      if (HostCommand.run(command, "--version").contains("nf_tables")) {
        nft(list(command));
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

package dev.pellucid.runtime.host.ruleset;

import java.util.Map;

/**
 * A table.
 *
 * @param family its family as nft calls it
 * @param name its name
 * @param chains its chains by name, in the order they are listed
 */
record Table(String family, String name, Map<String, Chain> chains) {
  boolean sees(Packet packet) {
    return family.equals("inet") || family.equals(packet.family());
  }
}

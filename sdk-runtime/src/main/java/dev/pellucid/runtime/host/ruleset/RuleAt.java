package dev.pellucid.runtime.host.ruleset;

/**
 * A rule that did something to a packet, and where it stands.
 *
 * @param program the command that lists it and can delete it: {@code nft}, {@code iptables-nft},
 *     {@code ip6tables-legacy} and so on
 * @param family the family of its table as nft calls it: {@code ip}, {@code ip6}, {@code inet}
 * @param table its table
 * @param chain its chain
 * @param text the rule as its program writes it, or {@code policy drop} for a chain's policy
 * @param deletion the shell command that takes it away; for a policy, one that changes it to accept
 */
public record RuleAt(
    String program, String family, String table, String chain, String text, String deletion) {}

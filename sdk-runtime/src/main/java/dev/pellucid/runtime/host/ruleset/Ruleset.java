package dev.pellucid.runtime.host.ruleset;

import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** All rules of a network namespace. */
public final class Ruleset {
  private static final Pattern SENDER =
      Pattern.compile("-m (owner|cgroup) |meta (skuid|skgid|cgroup) |socket cgroupv2 ");

  private static final Pattern CONNECTION_MARK = Pattern.compile("CONNMARK|connmark|\\bct mark\\b");

  private record Placed(Table table, Chain.Base base, Chain chain) {}

  /** By hook in the order in which the kernel calls them. */
  private final List<Placed> chains;

  private final List<Named> named;
  private final List<RuleAt> unseen;
  private final boolean asksForSenders;
  private final boolean asksForConnectionMarks;

  /** Of tables in the order in which they came. */
  Ruleset(List<Table> tables) {
    List<Placed> placed = new ArrayList<>();
    for (Table table : tables) {
      for (Chain chain : table.chains().values()) {
        chain.base().ifPresent(base -> placed.add(new Placed(table, base, chain)));
      }
    }
    // Of chains with one priority, the kernel calls the one first that came last.
    Collections.reverse(placed);
    placed.sort(
        comparingInt((Placed one) -> one.base().place())
            .thenComparingInt(one -> one.base().priority()));
    this.chains = List.copyOf(placed);
    this.named = texts(tables).map(Named::of).filter(one -> !one.isEmpty()).distinct().toList();
    this.unseen =
        rules(tables)
            .filter(rule -> rule.statements().contains(new Statement.Unseen()))
            .map(Chain.Rule::at)
            .toList();
    this.asksForSenders = texts(tables).anyMatch(SENDER.asPredicate());
    this.asksForConnectionMarks = texts(tables).anyMatch(CONNECTION_MARK.asPredicate());
  }

  /**
   * Reads what nft, iptables-nft and iptables-legacy list, in the network namespace of the calling
   * thread. Blocks. Reading creates no table.
   *
   * @throws IOException if this user may not read them
   */
  public static Ruleset read() throws IOException, InterruptedException {
    return new Ruleset(Listings.read());
  }

  /**
   * What becomes of a packet at a hook. Matches that are not known never hold, and statements that
   * are not known do nothing; but where this host's own traffic is filtered, nothing is dropped
   * behind a rule that may have accepted it.
   *
   * @param listening whether TPROXY finds the listener it asks for; without one, a rule of nft does
   *     not match and one of iptables drops. The next packets of a TCP connection find their own
   *     socket
   */
  public Fate walk(Hook hook, Packet packet, BiPredicate<Packet, Fate.Listener> listening) {
    return walk(hook, packet, listening, Set.of());
  }

  /** The same as if some rules were not there. */
  public Fate walk(
      Hook hook, Packet packet, BiPredicate<Packet, Fate.Listener> listening, Set<RuleAt> ignored) {
    Walk walk = new Walk(hook, packet, listening, ignored);
    for (Placed each : chains) {
      boolean called = each.base().hook() == hook && each.table().sees(packet);
      if (called && walk.goesOn(each.base().nat())) {
        walk.pass(each.table(), each.base(), each.chain());
      }
    }
    return walk.fate();
  }

  /** What the rules name, each rule for itself, in no order. */
  public List<Named> named() {
    return named;
  }

  /** The rules that lead to chains without a name: walks go on as if they did not. */
  public List<RuleAt> unseen() {
    return unseen;
  }

  /** Whether a rule asks which process sends, by its user for example: no walk can tell. */
  public boolean asksForSenders() {
    return asksForSenders;
  }

  /** Whether a rule asks for, or restores, the mark of a connection: walks take it for 0. */
  public boolean asksForConnectionMarks() {
    return asksForConnectionMarks;
  }

  private static Stream<String> texts(List<Table> tables) {
    return rules(tables).map(rule -> rule.at().text());
  }

  private static Stream<Chain.Rule> rules(List<Table> tables) {
    return tables.stream()
        .flatMap(table -> table.chains().values().stream())
        .flatMap(chain -> chain.rules().stream());
  }
}

package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.Json;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the statements of rules of one table. */
final class NftStatements {
  // nft has no JSON for it, and puts its own words there.
  private static final Pattern ANONYMOUS_CHAIN = Pattern.compile("(jump|goto) \\{");

  private static final Statement NEVER = new Statement.Test(packet -> false);

  private final NftExpressions expressions;
  private final Set<String> exceeded;

  /**
   * For the rules of one table.
   *
   * @param exceeded its limits and quotas, such as {@code limit flood}, that match what is over
   *     them
   */
  NftStatements(NftExpressions expressions, Set<String> exceeded) {
    this.expressions = expressions;
    this.exceeded = exceeded;
  }

  /** The statements of a rule; verdicts and changes that are not known are left out. */
  List<Statement> parse(List<Json> statements) {
    return statements.stream().flatMap(each -> parse(each).stream()).toList();
  }

  private Optional<Statement> parse(Json json) {
    if (ANONYMOUS_CHAIN.matcher(json.text()).lookingAt()) {
      return Optional.of(new Statement.Unseen());
    }
    try {
      return switch (json.kind()) {
        case "match" -> Optional.of(new Statement.Test(expressions.match(json.content())));
        case "accept", "drop", "reject", "return", "jump", "goto" ->
            Optional.of(Statement.decide(verdict(json)));
        case "vmap" -> Optional.of(decision(json.content()));
        case "mangle" -> mangle(json.content());
        case "tproxy" -> Optional.of(tproxy(json.content()));
        case "notrack" -> Optional.of(new Statement.Untrack());
        case "redirect", "dnat", "snat", "masquerade" -> Optional.of(new Statement.Translate());
        case "limit", "quota", "ct count" -> limits(List.of(json));
        case "set", "meter" -> limits(json.content().items("stmt"));
        case "xt" ->
            json.content().text("type").equals("match")
                ? Optional.of(new Statement.Unknown())
                : Optional.empty();
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException | ClassCastException | IndexOutOfBoundsException e) {
      return Optional.of(new Statement.Unknown());
    }
  }

  private static Verdict verdict(Json json) {
    return switch (json.kind()) {
      case "accept" -> Verdict.ACCEPT;
      case "drop" -> Verdict.DROP;
      case "reject" -> Verdict.REJECT;
      case "return" -> Verdict.RETURN;
      case "jump" -> Verdict.jump(json.content().text("target"));
      case "goto" -> Verdict.goTo(json.content().text("target"));
      default -> Verdict.CONTINUE;
    };
  }

  private Statement decision(Json json) {
    Function<Packet, Optional<Json>> found = expressions.lookup(json);
    return new Statement.Decide(
        packet -> found.apply(packet).map(NftStatements::verdict).orElse(Verdict.BREAK));
  }

  private Optional<Statement> mangle(Json json) {
    boolean mark =
        json.get("key").flatMap(key -> key.get("meta")).map(meta -> meta.text("key")).stream()
            .anyMatch("mark"::equals);
    return mark ? json.get("value").flatMap(this::setMark) : Optional.empty();
  }

  // A mark that nobody knows, such as a random one, is as if it were not set.
  private Optional<Statement> setMark(Json json) {
    try {
      return Optional.of(new Statement.SetMark(number(json)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A number, or what a map has for a packet. */
  private Function<Packet, Optional<Integer>> number(Json json) {
    NftField value = expressions.field(json, NftKind.NUMBER);
    return packet -> value.value().apply(packet).map(number -> ((BigInteger) number).intValue());
  }

  private Statement tproxy(Json json) {
    Optional<InetAddress> address = json.get("addr").map(addr -> Interval.address(addr.text()));
    Function<Packet, Optional<Integer>> port =
        json.get("port").map(this::number).orElse(packet -> Optional.of(0));
    return new Statement.Tproxy(json.text("family"), address, port, Verdict.BREAK);
  }

  // The walks' packets are few: they stay within limits.
  private Optional<Statement> limits(List<Json> statements) {
    return statements.stream().anyMatch(this::over) ? Optional.of(NEVER) : Optional.empty();
  }

  // Those that a map chooses are mostly there to drop what is over them.
  private boolean over(Json limit) {
    Json content = limit.content();
    return content.text("inv").equals("true")
        || content.get("map").isPresent()
        || exceeded.contains(limit.kind() + " " + content.text());
  }
}

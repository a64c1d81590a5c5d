package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.Json;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;

/** Reads what rules of one table look at and compare it with. */
final class NftExpressions {
  private static final Map<String, BinaryOperator<BigInteger>> OPERATORS =
      Map.of(
          "&", BigInteger::and,
          "|", BigInteger::or,
          "^", BigInteger::xor,
          "<<", (number, bits) -> number.shiftLeft(bits.intValue()),
          ">>", (number, bits) -> number.shiftRight(bits.intValue()));

  private final AddressType types;
  private final Map<String, Json> sets;

  /**
   * For the rules of one table.
   *
   * @param sets the elements of its named sets and maps
   */
  NftExpressions(AddressType types, Map<String, Json> sets) {
    this.types = types;
    this.sets = sets;
  }

  /**
   * What an expression stands for, of a kind if that is not plain from it.
   *
   * @throws IllegalArgumentException if it is not known
   */
  NftField field(Json json, NftKind kind) {
    Json content = json.content();
    return switch (json.kind()) {
      case "meta", "ct", "socket" -> known(json.kind() + " " + content.text("key"));
      case "payload" -> known(content.text("protocol") + " " + content.text("field"));
      case "fib" -> fib(content);
      case "map" -> {
        Function<Packet, Optional<Json>> found = lookup(content);
        yield new NftField(kind, packet -> found.apply(packet).map(kind::scalar));
      }
      case "&", "|", "^", "<<", ">>" ->
          calculated(
              content.items(), kind, Optional.ofNullable(OPERATORS.get(json.kind())).orElseThrow());
      default -> NftField.constant(kind, kind.scalar(json));
    };
  }

  private NftField calculated(
      List<Json> operands, NftKind kind, BinaryOperator<BigInteger> operator) {
    NftField all = field(operands.get(0), kind);
    for (Json operand : operands.subList(1, operands.size())) {
      all = NftField.calculated(all, field(operand, all.kind()), operator);
    }
    return all;
  }

  private static NftField known(String name) {
    return NftField.of(name)
        .orElseThrow(() -> new IllegalArgumentException(name + " is not known"));
  }

  private NftField fib(Json json) {
    List<String> flags = json.items("flags").stream().map(Json::text).toList();
    Function<Packet, InetAddress> side =
        flags.contains("daddr") ? Packet::destination : Packet::source;
    if (json.text("result").equals("type")) {
      return new NftField(NftKind.NAME, packet -> Optional.of(types.of(side.apply(packet))));
    }
    // There is a way back to every source; but a mark leads to a route table of its own.
    boolean byMark = flags.contains("mark");
    return new NftField(
        NftKind.NUMBER,
        packet -> Optional.of(byMark && packet.mark() != 0 ? BigInteger.ZERO : BigInteger.ONE));
  }

  private List<NftField> fields(Json json) {
    return json.get("concat").map(Json::items).orElse(List.of(json)).stream()
        .map(part -> field(part, NftKind.NUMBER))
        .toList();
  }

  private static Optional<List<Object>> values(List<NftField> fields, Packet packet) {
    List<Object> values = new ArrayList<>();
    fields.forEach(field -> field.value().apply(packet).ifPresent(values::add));
    return values.size() == fields.size() ? Optional.of(values) : Optional.empty();
  }

  /**
   * A comparison.
   *
   * @throws IllegalArgumentException if it is not known
   */
  Match match(Json json) {
    Json right = json.get("right").orElse(new Json(null));
    List<NftField> fields = fields(json.get("left").orElse(new Json(null)));
    Predicate<List<Object>> holds = holds(json.text("op"), fields, right);
    return packet -> values(fields, packet).filter(holds).isPresent();
  }

  private Predicate<List<Object>> holds(String op, List<NftField> fields, Json right) {
    NftKind kind = fields.get(0).kind();
    return switch (op) {
      case "==" -> oneOf(fields, right);
      case "!=" -> oneOf(fields, right).negate();
      case "in" -> kind == NftKind.FLAGS ? anyFlag(right) : oneOf(fields, right);
      case "!" -> anyFlag(right).negate();
      case "<" -> compared(kind, right, order -> order < 0);
      case ">" -> compared(kind, right, order -> order > 0);
      case "<=" -> compared(kind, right, order -> order <= 0);
      case ">=" -> compared(kind, right, order -> order >= 0);
      default -> throw new IllegalArgumentException(op + " is not known");
    };
  }

  private static Predicate<List<Object>> anyFlag(Json right) {
    BigInteger flags = (BigInteger) NftKind.FLAGS.scalar(right);
    return values -> ((BigInteger) values.get(0)).and(flags).signum() != 0;
  }

  private static Predicate<List<Object>> compared(
      NftKind kind, Json right, Predicate<Integer> order) {
    BigInteger number = (BigInteger) kind.scalar(right);
    return values -> order.test(((BigInteger) values.get(0)).compareTo(number));
  }

  private Predicate<List<Object>> oneOf(List<NftField> fields, Json right) {
    List<Predicate<List<Object>>> elements =
        elements(fields, right).stream().map(element -> element(fields, element)).toList();
    return values -> elements.stream().anyMatch(element -> element.test(values));
  }

  private List<Json> elements(List<NftField> fields, Json right) {
    Optional<Json> set = right.get("set");
    if (set.isPresent()) {
      return set.get().items();
    }
    if (right.text().startsWith("@")) {
      return named(right.text());
    }
    // An array is several names, or one number of several flags.
    return fields.get(0).kind() == NftKind.FLAGS ? List.of(right) : right.items();
  }

  private List<Json> named(String reference) {
    return Optional.ofNullable(sets.get(reference.substring(1)))
        .orElseThrow(() -> new IllegalArgumentException("no set " + reference))
        .items();
  }

  private static Predicate<List<Object>> element(List<NftField> fields, Json json) {
    Json whole = json.get("elem").flatMap(elem -> elem.get("val")).orElse(json);
    List<Json> parts = whole.get("concat").map(Json::items).orElse(List.of(whole));
    if (parts.size() == 1 && parts.get(0).text().equals("*")) {
      return values -> true;
    }
    if (parts.size() != fields.size()) {
      throw new IllegalArgumentException("not as many parts as fields");
    }
    List<Predicate<Object>> tests = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      tests.add(fields.get(i).kind().element(parts.get(i)));
    }
    return values -> {
      boolean all = true;
      for (int i = 0; i < values.size(); i++) {
        all &= tests.get(i).test(values.get(i));
      }
      return all;
    };
  }

  /**
   * What a map has for a packet.
   *
   * @throws IllegalArgumentException if it is not known
   */
  Function<Packet, Optional<Json>> lookup(Json json) {
    record Element(Predicate<List<Object>> key, Json value) {}
    List<NftField> fields = fields(json.get("key").orElse(new Json(null)));
    Json data = json.get("data").orElse(new Json(null));
    List<Json> pairs = data.get("set").map(Json::items).orElseGet(() -> named(data.text()));
    List<Element> elements =
        pairs.stream()
            .map(Json::items)
            .map(pair -> new Element(element(fields, pair.get(0)), pair.get(1)))
            .toList();
    return packet ->
        values(fields, packet)
            .flatMap(values -> elements.stream().filter(one -> one.key().test(values)).findFirst())
            .map(Element::value);
  }
}

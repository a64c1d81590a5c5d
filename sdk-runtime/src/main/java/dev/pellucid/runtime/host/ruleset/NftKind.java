package dev.pellucid.runtime.host.ruleset;

import dev.pellucid.runtime.host.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What kinds of values nft compares. They are numbers, or texts. */
enum NftKind {
  NUMBER {
    @Override
    Object scalar(Json json) {
      if (json.value() instanceof Boolean present) {
        return BigInteger.valueOf(present ? 1 : 0);
      }
      return BigInteger.valueOf(Long.decode(json.text()));
    }
  },
  ADDRESS {
    @Override
    Object scalar(Json json) {
      return Interval.number(Interval.address(json.text()));
    }
  },
  PROTOCOL {
    @Override
    Object scalar(Json json) {
      return BigInteger.valueOf(ProtocolNumber.of(json.text()));
    }
  },
  FLAGS {
    @Override
    Object scalar(Json json) {
      List<String> names = new ArrayList<>();
      json.get("|").orElse(json).items().forEach(name -> names.add(name.text()));
      return BigInteger.valueOf(TcpFlags.of(names));
    }
  },
  NAME {
    @Override
    Object scalar(Json json) {
      return json.text();
    }
  },
  INTERFACE {
    @Override
    Object scalar(Json json) {
      return json.text();
    }
  };

  /** Whether its values are texts. */
  boolean isText() {
    return this == NAME || this == INTERFACE;
  }

  /**
   * A single value.
   *
   * @throws IllegalArgumentException if it is none of this kind
   */
  abstract Object scalar(Json json);

  /**
   * The values that an element of a set, or a single value, a prefix or a range stands for.
   *
   * @throws IllegalArgumentException if it is not known
   */
  Predicate<Object> element(Json json) {
    Json element = json.get("elem").flatMap(elem -> elem.get("val")).orElse(json);
    return switch (element.kind()) {
      case "prefix" -> within(prefix(element.content()));
      case "range" -> within(range(element.content().items()));
      case "", "|" -> single(element);
      default -> throw new IllegalArgumentException(element.kind() + " is not known");
    };
  }

  private Predicate<Object> single(Json json) {
    if (json.text().equals("*")) {
      return value -> true;
    }
    Object scalar = scalar(json);
    if (this == INTERFACE && json.text().endsWith("*")) {
      String start = json.text().substring(0, json.text().length() - 1);
      return value -> value.toString().startsWith(start);
    }
    return scalar::equals;
  }

  private static Interval prefix(Json json) {
    return Interval.prefix(Interval.address(json.text("addr")), Integer.parseInt(json.text("len")));
  }

  private Interval range(List<Json> ends) {
    if (scalar(ends.get(0)) instanceof BigInteger from
        && scalar(ends.get(1)) instanceof BigInteger to) {
      return new Interval(from, to);
    }
    throw new IllegalArgumentException("texts have no order");
  }

  private static Predicate<Object> within(Interval interval) {
    return value -> value instanceof BigInteger number && interval.contains(number);
  }
}

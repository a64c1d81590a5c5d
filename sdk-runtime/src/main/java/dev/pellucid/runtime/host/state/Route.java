package dev.pellucid.runtime.host.state;

import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.Json;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A route.
 *
 * @param table the number of its table
 * @param type what it does
 * @param destination where packets go that it takes
 * @param gateway the router that they go to first; empty for several, and on a network of this host
 * @param link the interface by which they leave, or that delivers them; empty for those that
 *     discard, and for those with several next hops
 * @param text how ip(8) would print it, shortened
 */
public record Route(
    int table,
    Type type,
    Cidr destination,
    Optional<String> gateway,
    Optional<String> link,
    String text) {
  /** What a route does. */
  public enum Type {
    /** Sends packets on. */
    UNICAST("1", ""),
    /** Delivers them here. */
    LOCAL("2", "local "),
    /** Discards them silently. */
    BLACKHOLE("6", "blackhole "),
    /** Discards them and says so. */
    UNREACHABLE("7", "unreachable "),
    /** Discards them and says that it is forbidden. */
    PROHIBIT("8", "prohibit "),
    /** Has the search go on with the next rule. */
    THROW("9", "throw "),
    /** What packets to one host never take: broadcast, multicast, anycast. */
    OTHER("", "");

    private final String number;
    private final String word;

    Type(String number, String word) {
      this.number = number;
      this.word = word;
    }

    static Type of(String number) {
      for (Type type : values()) {
        if (type.number.equals(number)) {
          return type;
        }
      }
      return OTHER;
    }
  }

  /** The table of the routes that hold unless a rule says otherwise. */
  static final int MAIN_TABLE = 254;

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Route of(IpFamily family, Json json) {
    Type type = Type.of(json.string("type").orElse(Type.UNICAST.number));
    int table = json.has("table") ? json.number("table") : MAIN_TABLE;
    String destination = json.required("dst");
    Optional<String> gateway = json.string("gateway");
    Optional<String> link = json.string("dev");
    return new Route(
        table,
        usable(json) ? type : Type.OTHER,
        destination.equals("default") ? everything(family) : Cidr.parse(destination),
        gateway,
        link,
        type.word
            + destination
            + gateway.map(router -> " via " + router).orElse("")
            + link.map(name -> " dev " + name).orElse("")
            + " table "
            + table);
  }

  /** All addresses of a family. */
  static Cidr everything(IpFamily family) {
    byte[] zeros = new byte[family == IpFamily.IPV4 ? 4 : 16];
    try {
      return Cidr.of(InetAddress.getByAddress(zeros), 0);
    } catch (UnknownHostException e) {
      throw new AssertionError("the length is right", e);
    }
  }

  // Its interface is down.
  private static boolean usable(Json json) {
    return json.items("flags").stream().noneMatch(flag -> flag.text().equals("dead"));
  }
}

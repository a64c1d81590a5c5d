package dev.pellucid.runtime.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The capabilities of the calling thread, see capabilities(7).
 *
 * @param sets a bit for each capability, by the name of the set: {@code effective} and so on
 * @param noNewPrivileges whether programs that it starts gain nothing by their files
 */
public record Capabilities(Map<String, Long> sets, boolean noNewPrivileges) {
  private static final Path STATUS = Path.of("/proc/thread-self/status");
  private static final Map<String, String> NAMES =
      Map.of(
          "CapEff:", "effective",
          "CapPrm:", "permitted",
          "CapInh:", "inheritable",
          "CapAmb:", "ambient",
          "CapBnd:", "bounding");

  /** A capability that the proxy or its rules may need. */
  public enum Capability {
    NET_BIND_SERVICE(10),
    NET_ADMIN(12),
    NET_RAW(13);

    private final int bit;

    Capability(int bit) {
      this.bit = bit;
    }
  }

  /** Reads those that the calling thread has now. */
  public static Capabilities read() throws IOException {
    return parse(Files.readAllLines(STATUS));
  }

  /** Reads the lines of {@code /proc/PID/status}. */
  static Capabilities parse(List<String> status) {
    Map<String, Long> sets = new LinkedHashMap<>();
    boolean noNewPrivileges = false;
    for (String line : status) {
      String[] words = line.split("\\s+", -1);
      if (NAMES.containsKey(words[0])) {
        sets.put(NAMES.get(words[0]), Long.parseUnsignedLong(words[1], 16));
      }
      noNewPrivileges |= words[0].equals("NoNewPrivs:") && words[1].equals("1");
    }
    return new Capabilities(sets, noNewPrivileges);
  }

  /** Whether it counts now. */
  public boolean effective(Capability capability) {
    return sets("effective", capability);
  }

  /** Whether it could be made effective at all, by root or by another way to start the process. */
  public boolean bounded(Capability capability) {
    return sets("bounding", capability);
  }

  /** The sets that it is in, in words. */
  public String seen(Capability capability) {
    List<String> in = sets.keySet().stream().filter(set -> sets(set, capability)).toList();
    return in.isEmpty()
        ? "in no set"
        : "only in the " + String.join(" and ", in) + (in.size() == 1 ? " set" : " sets");
  }

  private boolean sets(String set, Capability capability) {
    return (sets.getOrDefault(set, 0L) >> capability.bit & 1) == 1;
  }
}

package dev.pellucid.runtime.host;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of ports.
 *
 * @param first the first port, from 1 on
 * @param last the last port, up to 65535
 */
public record PortRange(int first, int last) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

  /** Refuses what is not a range of ports with an {@link IllegalArgumentException}. */
  public PortRange {
    if (first < 1 || first > last || last > 65535) {
      throw new IllegalArgumentException(first + "-" + last + " is not a range of ports");
    }
  }

  /** The range of one port. */
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  /**
   * Reads a port or a range, such as {@code 80} or {@code 8000-8099}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static PortRange parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is neither a port nor a range of ports");
    }
    int first = Integer.parseInt(matcher.group(1));
    String last = matcher.group(2);
    return new PortRange(first, last == null ? first : Integer.parseInt(last));
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return text("-");
  }

  /** The port, or its two ends with something between them. */
  String text(String separator) {
    return first == last ? Integer.toString(first) : first + separator + last;
  }
}

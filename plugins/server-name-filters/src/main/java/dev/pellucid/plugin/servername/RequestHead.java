package dev.pellucid.plugin.servername;

import dev.pellucid.plugin.servername.Reading.Unreadable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request line and the fields of an HTTP/1 request (RFC 9112, sections 3 and 5). What servers
 * are known to read differently is malformed here, so that no request names one host to this filter
 * and another to the server.
 */
final class RequestHead {
  private static final Pattern REQUEST_LINE =
      Pattern.compile("([!-~]+) ([!-~\\x80-\\xff]+) HTTP/1\\.[0-9]");
  private static final Pattern ABSOLUTE = Pattern.compile("(?i)https?://([^/?#]*).*");
  private static final Pattern PORT = Pattern.compile(":[0-9]*\\z");

  private final @Nullable String authority;
  private @Nullable String host;

  private RequestHead(@Nullable String authority) {
    this.authority = authority;
  }

  /** Reads a whole one, without the empty line. */
  static Reading read(String head) throws MalformedException {
    String[] lines = head.split("\n", -1);
    Matcher request = REQUEST_LINE.matcher(line(lines[0]));
    if (!request.matches()) {
      return Unreadable.OTHER_PROTOCOL; // "PRI * HTTP/2.0", for example
    }
    RequestHead read = new RequestHead(authority(request.group(1), request.group(2)));
    for (int i = 1; i < lines.length; i++) {
      read.field(line(lines[i]));
    }
    return new Reading.Asked(read.name(), List.of());
  }

  private static String line(String text) throws MalformedException {
    String line = text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    MalformedException.unless(line.indexOf('\r') < 0 && line.indexOf('\0') < 0);
    return line;
  }

  /** What the target says of the host, if anything. */
  private static @Nullable String authority(String method, String target)
      throws MalformedException {
    if (method.equals("CONNECT")) {
      return target;
    }
    Matcher absolute = ABSOLUTE.matcher(target);
    if (absolute.matches()) {
      return absolute.group(1);
    }
    MalformedException.unless(target.startsWith("/") || target.equals("*"));
    return null;
  }

  /** A line that goes on with the one before begins with a space, and so has no name. */
  private void field(String line) throws MalformedException {
    int colon = line.indexOf(':');
    MalformedException.unless(colon > 0);
    String name = line.substring(0, colon);
    MalformedException.unless(name.chars().allMatch(RequestHead::isToken));
    if (name.equalsIgnoreCase("host")) {
      MalformedException.unless(host == null);
      host = trim(line.substring(colon + 1));
    }
  }

  /** Only these two characters count as space around a value. */
  private static String trim(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isSpace(value.charAt(from))) {
      from++;
    }
    while (from < to && isSpace(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private Optional<String> name() throws MalformedException {
    if (authority == null) {
      return host == null ? Optional.empty() : name(host);
    }
    Optional<String> name = name(authority);
    MalformedException.unless(host == null || name(host).equals(name));
    return name;
  }

  /** None if it is empty or an IPv6 address. */
  private static Optional<String> name(String authority) throws MalformedException {
    String name = PORT.matcher(authority).replaceFirst("");
    if (name.isEmpty() || (name.startsWith("[") && name.endsWith("]"))) {
      return Optional.empty();
    }
    return Optional.of(HostName.of(name).orElseThrow(MalformedException::new));
  }

  /** Whether a method or the name of a field may have this in it. */
  static boolean isToken(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}

package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pellucid.plugin.servername.Reading.Unreadable;

/** Finds the head of an HTTP/1 request: all up to the first empty line (RFC 9112, section 2). */
final class HttpProtocol implements Protocol {
  private static final int LONGEST_METHOD = 32;

  @Override
  public Reading read(byte[] seen, int before) {
    int start = startOfHead(seen);
    if (!maybeHttp(seen, start)) {
      return Unreadable.OTHER_PROTOCOL;
    }
    int end = endOfHead(seen, Math.max(start, before - 2));
    if (end < 0) {
      return seen.length >= MOST ? Unreadable.TOO_LARGE : new Reading.More(seen.length + 1);
    }
    try {
      return RequestHead.read(new String(seen, start, end - start, ISO_8859_1));
    } catch (MalformedException e) {
      return Unreadable.MALFORMED;
    }
  }

  /** Where the request line begins: servers ignore empty lines before it (section 2.2). */
  private static int startOfHead(byte[] seen) {
    int start = 0;
    while (start < seen.length && (seen[start] == '\r' || seen[start] == '\n')) {
      start++;
    }
    return start;
  }

  /** Whether it begins with what can be a method: most protocols are told apart by one byte. */
  private static boolean maybeHttp(byte[] seen, int start) {
    int end = start;
    while (end < seen.length && end - start <= LONGEST_METHOD && RequestHead.isToken(seen[end])) {
      end++;
    }
    return end - start <= LONGEST_METHOD
        && (end == seen.length || (end > start && seen[end] == ' '));
  }

  /**
   * Where the last line before the empty one ends, without its line feed; negative if nowhere.
   *
   * @param from where that may be at the earliest: the empty line may have begun in what was seen
   *     before
   */
  private static int endOfHead(byte[] seen, int from) {
    for (int i = from; i < seen.length - 1; i++) {
      if (seen[i] == '\n' && emptyLineAt(seen, i + 1)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean emptyLineAt(byte[] seen, int at) {
    return seen[at] == '\n' || (seen[at] == '\r' && at + 1 < seen.length && seen[at + 1] == '\n');
  }
}

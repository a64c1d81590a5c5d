package dev.pellucid.plugin.servername;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pellucid.plugin.servername.Reading.Unreadable;

/** Finds the head of an HTTP/1 request: all up to the first empty line (RFC 9112, section 2). */
final class HttpProtocol implements Protocol {
  private static final int LONGEST_METHOD = 32;

  @Override
  public Reading read(byte[] seen, int before) {
    if (!maybeHttp(seen)) {
      return Unreadable.OTHER_PROTOCOL;
    }
    int end = endOfHead(seen, before);
    if (end < 0) {
      return seen.length >= MOST ? Unreadable.TOO_LARGE : new Reading.More(seen.length + 1);
    }
    try {
      return RequestHead.read(new String(seen, 0, end, ISO_8859_1));
    } catch (MalformedException e) {
      return Unreadable.MALFORMED;
    }
  }

  /** Whether it begins with what can be a method: most protocols are told apart by one byte. */
  private static boolean maybeHttp(byte[] seen) {
    int length = 0;
    while (length < seen.length && length <= LONGEST_METHOD && RequestHead.isToken(seen[length])) {
      length++;
    }
    return length <= LONGEST_METHOD
        && (length == seen.length || (length > 0 && seen[length] == ' '));
  }

  /** Where the last line before the empty one ends, without its line feed; negative if nowhere. */
  private static int endOfHead(byte[] seen, int before) {
    // The empty line may have begun in what was seen before.
    for (int i = Math.max(0, before - 2); i < seen.length - 1; i++) {
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

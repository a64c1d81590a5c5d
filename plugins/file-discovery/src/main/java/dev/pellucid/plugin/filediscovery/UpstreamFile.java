package dev.pellucid.plugin.filediscovery;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Upstream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A file of upstreams: an address on each line, and its weight if that is not 1. What follows a
 * {@code #} is a comment.
 *
 * <pre>
 * 10.2.0.2:80
 * 10.2.0.3:80   3    # the big one
 * [fd00::2]:80
 * </pre>
 */
final class UpstreamFile {
  private static final Pattern WEIGHT = Pattern.compile("[1-9]\\d{0,8}");

  private UpstreamFile() {}

  /** A file that cannot be used; the message names it, the line and the problem. */
  static final class BadFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadFileException(String message) {
      super(message);
    }

    BadFileException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Reads a file.
   *
   * @return at least one upstream: an empty file is what a program leaves that has only begun to
   *     write it
   * @throws BadFileException if it cannot be read, a line is wrong, or there is no upstream
   */
  static List<Upstream> read(Path path) {
    List<String> lines = lines(path);
    List<Upstream> upstreams = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).replaceFirst("#.*", "").strip();
      if (!line.isEmpty()) {
        upstreams.add(upstream(path + ":" + (i + 1), line));
      }
    }
    if (upstreams.isEmpty()) {
      throw new BadFileException(path + ": lists no upstream, such as 10.2.0.2:80");
    }
    return List.copyOf(upstreams);
  }

  private static List<String> lines(Path path) {
    try {
      return Files.readAllLines(path);
    } catch (NoSuchFileException e) {
      throw new BadFileException(path + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new BadFileException(path + ": is not text in UTF-8", e);
    } catch (IOException e) {
      throw new BadFileException(path + ": cannot be read: " + e, e);
    }
  }

  private static Upstream upstream(String place, String line) {
    String[] words = line.split("\\s+", -1);
    if (words.length > 2) {
      throw new BadFileException(place + ": must be ADDRESS:PORT [WEIGHT], not \"" + line + "\"");
    }
    try {
      return new Upstream(Addresses.parse(words[0]), words.length == 1 ? 1 : weight(words[1]));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(place + ": " + e.getMessage(), e);
    }
  }

  private static int weight(String word) {
    if (!WEIGHT.matcher(word).matches()) {
      throw new IllegalArgumentException(
          "a weight is a whole number from 1 to 999999999, not \"" + word + "\"");
    }
    return Integer.parseInt(word);
  }
}

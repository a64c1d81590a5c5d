package dev.pellucid.architecture;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The code in the documentation is code that the build compiles. A block that begins with
 *
 * <pre>
 * ```java samples/custom-proxy/src/main/java/…/CustomProxy.java#pipeline
 * </pre>
 *
 * is what stands in that file between two lines {@code // #pipeline}, or all of the file if no name
 * is given. {@code -Ddocs=update} has this test write the blocks instead of comparing them.
 */
class DocumentedCodeTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final boolean UPDATE = "update".equals(System.getProperty("docs"));
  private static final Pattern BLOCK =
      Pattern.compile(
          "^```(\\w+) ([^\\s#]+)(?:#(\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern MARKER =
      Pattern.compile("\\s*(?://|#|<!--) #([\\w-]+)(?: -->)?\\s*");

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "samples")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder), 3)) {
        pages.addAll(files.filter(file -> file.toString().endsWith(".md")).sorted().toList());
      }
    }
    return pages;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void blocksAreWhatTheirSourcesAre(Path page) throws IOException {
    String text = Files.readString(page);
    String current =
        BLOCK.matcher(text).replaceAll(block -> Matcher.quoteReplacement(block(block)));
    if (UPDATE) {
      Files.writeString(page, current);
    } else {
      assertEquals(
          current,
          text,
          () ->
              ROOT.relativize(page)
                  + " is not what its sources are; to update it:\n  ./mvnw test -pl sdk-runtime -am -Dtest=DocumentedCodeTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs=update\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/bytes.md", "docs/write-a-plugin.md"})
  void allJavaHasASource(String page) throws IOException {
    String text = Files.readString(ROOT.resolve(page));
    assertTrue(BLOCK.matcher(text).find());
    assertEquals(-1, text.indexOf("```java\n"), "a block of Java without a source");
  }

  private static String block(MatchResult block) {
    String name = block.group(3);
    String source = block.group(2) + (name == null ? "" : "#" + name);
    return "```" + block.group(1) + " " + source + "\n" + excerpt(block.group(2), name) + "```";
  }

  private static String excerpt(String file, String name) {
    List<String> lines = read(ROOT.resolve(file));
    List<String> excerpt = new ArrayList<>();
    boolean inside = name == null;
    for (String line : lines) {
      Matcher marker = MARKER.matcher(line);
      if (!marker.matches()) {
        if (inside) {
          excerpt.add(line);
        }
      } else if (marker.group(1).equals(name)) {
        inside = !inside;
      }
    }
    if (excerpt.isEmpty() || inside != (name == null)) {
      throw new AssertionError(file + " has no two lines '// #" + name + "'");
    }
    return excerpt.stream().collect(joining("\n")).stripIndent().strip() + "\n";
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

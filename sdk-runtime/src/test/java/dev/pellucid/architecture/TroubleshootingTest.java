package dev.pellucid.architecture;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.runtime.host.examination.FindingType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on troubleshooting has a section for everything that the doctor finds. */
class TroubleshootingTest {
  private static final Path PAGE =
      Path.of("").toAbsolutePath().getParent().resolve("docs/troubleshooting.md");
  private static final Pattern SECTION = Pattern.compile("^### (.*)$", Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\(#([\\w-]+)\\)");

  @Test
  void eachFindingHasASectionAndNothingElseHas() throws IOException {
    List<String> sections = all(SECTION);
    assertEquals(
        Arrays.stream(FindingType.values()).map(FindingType::id).sorted().toList(),
        sections.stream().sorted().toList());
  }

  @Test
  void linksLeadToSections() throws IOException {
    TreeSet<String> broken = all(LINK).stream().collect(toCollection(TreeSet::new));
    broken.removeAll(all(SECTION));
    assertEquals(List.of(), List.copyOf(broken));
  }

  private static List<String> all(Pattern pattern) throws IOException {
    return pattern
        .matcher(Files.readString(PAGE))
        .results()
        .map((MatchResult result) -> result.group(1))
        .toList();
  }
}

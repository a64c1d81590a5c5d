package dev.pellucid.runtime.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Transport;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each thing that can be wrong with a plugin has a message that names the jar and the remedy. */
class PluginDiagnosisTest {
  private static final String ACCEPT = "return Verdict.accept();";

  /** Needs the library as soon as it is loaded. */
  private static final String NEED_LIBRARY = "boolean yes = library.Answer.yes();";

  @TempDir Path scratch;
  @TempDir Path folder;

  @Test
  void noProvider() throws IOException {
    Path jar = TestJar.library(scratch, "true").write(folder.resolve("library.jar"));
    assertProblem(
        "plugin " + jar + " has no provider",
        PluginJar.PROVIDERS,
        "move a library into the folder of the plugin that needs it");
  }

  @Test
  void noProviderInAnyJarOfAFolder() throws IOException {
    TestJar.library(scratch, "true").write(folder.resolve("nothing/a.jar"));
    TestJar.library(scratch, "true").write(folder.resolve("nothing/b.jar"));
    assertProblem("plugin " + folder.resolve("nothing") + " has no provider");
  }

  @Test
  void aProviderFileThatNamesNobody() throws IOException {
    Path jar =
        new TestJar(scratch)
            .attribute("Pellucid-Api-Version", "1.0")
            .entry(PluginJar.PROVIDERS, "# none yet\n".getBytes(UTF_8))
            .write(folder.resolve("empty.jar"));
    assertProblem("plugin " + jar + " brings nothing", PluginJar.PROVIDERS);
  }

  @Test
  void aProviderThatIsNotThere() throws IOException {
    Path jar =
        new TestJar(scratch)
            .attribute("Pellucid-Api-Version", "1.0")
            .provider("sample.NoSuchClass")
            .write(folder.resolve("broken.jar"));
    assertProblem(
        "plugin " + jar + " cannot be loaded",
        "sample.NoSuchClass",
        "each class in " + PluginJar.PROVIDERS + " has to be public");
  }

  @Test
  void aBundledApi() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .entry("dev/pellucid/api/Connection.class", new byte[0])
            .write(folder.resolve("fat.jar"));
    assertProblem(
        "plugin " + jar + " bundles the plugin API (dev/pellucid/api/Connection.class)",
        "give the dependency pellucid-sdk-api the scope 'provided'");
  }

  @Test
  void noApiVersion() throws IOException {
    Path jar =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .without("Pellucid-Api-Version")
            .write(folder.resolve("polite.jar"));
    assertProblem(
        "plugin " + jar + " does not say which plugin API", "'Pellucid-Api-Version: 1.0'");
  }

  @Test
  void nonsenseForAnApiVersion() throws IOException {
    Path jar = builtAgainst("newest");
    assertProblem("plugin " + jar, "'newest', which is no version", "'Pellucid-Api-Version: 1.0'");
  }

  /** No class of it is looked at: the provider it names does not exist. */
  @Test
  void aNewerApi() throws IOException {
    Path jar = builtAgainst("1.1");
    assertProblem(
        "plugin " + jar + " was built against plugin API 1.1, newer than the one here, 1.0",
        "update Pellucid");
  }

  @Test
  void anApiOfAnotherMajorVersion() throws IOException {
    Path jar = builtAgainst("2.0");
    assertProblem(
        "plugin " + jar + " was built against plugin API 2.0", "rebuild the plugin against 1.0");
  }

  @Test
  void twoThatClaimTheSameType() throws IOException {
    Path one =
        TestJar.filter(scratch, "First", "polite", ACCEPT).write(folder.resolve("first.jar"));
    Path two =
        TestJar.filter(scratch, "Second", "polite", ACCEPT).write(folder.resolve("second.jar"));
    assertProblem(
        "filter 'polite' is claimed by more than one plugin, in " + one + " and in " + two,
        "remove all but one");
  }

  @Test
  void aProviderWhoseConstructorThrows() throws IOException {
    Path jar = filterWithMembers("{ if (true) throw new IllegalStateException(\"no\\nmood\"); }");
    assertProblem(
        "plugin " + jar + " cannot be loaded: java.lang.IllegalStateException: no mood, at ",
        "sample.Angry.<init>(Angry.java:",
        "use a version of it that works, or remove the jar");
  }

  @Test
  void aProviderWhoseClassCannotBeInitialized() throws IOException {
    Path jar = filterWithMembers("static final int MOOD = Integer.parseInt(\"bad\");");
    assertProblem("plugin " + jar, "java.lang.NumberFormatException", "sample.Angry.<clinit>");
  }

  @Test
  void aProviderWhoseGetterThrows() throws IOException {
    Path jar =
        filterWithMembers(
            "public List<BalancerFactory> balancers() { throw new AssertionError(\"no mood\"); }");
    assertProblem(
        "plugin " + jar + " cannot be loaded: java.lang.AssertionError: no mood, at ",
        "sample.Angry.balancers(Angry.java:",
        "use a version of it that works, or remove the jar");
  }

  @Test
  void aClassThatOnlyAnotherPluginHas() throws IOException {
    Path library = TestJar.library(scratch, "true").write(folder.resolve("other/library.jar"));
    TestJar.filter(scratch, "Other", "other", ACCEPT).write(folder.resolve("other/other.jar"));
    Path jar = filterWithMembers(NEED_LIBRARY, library);
    assertProblem(
        "plugin " + jar + " cannot be loaded",
        "library.Answer, which is in " + library + ", a jar of another plugin",
        "copy that jar into a new folder " + folder.resolve("angry") + ", together with angry.jar");
  }

  @Test
  void aClassOfTheHostThatIsNotShared() throws IOException {
    Path jar =
        filterWithMembers(
            "Object catalog = new " + PluginCatalog.class.getName() + "(List.of(), List.of());");
    assertProblem(
        "plugin " + jar + " cannot be loaded",
        PluginCatalog.class.getName() + ", which is a class of the host that plugins do not see",
        "use the plugin API in its place");
  }

  @Test
  void aClassThatOnlyTheHostMayBring() throws IOException {
    Path extra =
        new TestJar(scratch)
            .source("org.slf4j.Extra", "package org.slf4j; public class Extra {}")
            .write(scratch.resolve("extra.jar"));
    Path jar = filterWithMembers("Object extra = new org.slf4j.Extra();", extra);
    assertProblem(
        "plugin " + jar + " cannot be loaded",
        "org.slf4j.Extra, which would have to come from the host",
        "relocate it into a package of the plugin");
  }

  @Test
  void aClassThatNobodyHas() throws IOException {
    Path library = TestJar.library(scratch, "true").write(scratch.resolve("library.jar"));
    Path jar = filterWithMembers(NEED_LIBRARY, library);
    assertProblem(
        "plugin " + jar + " cannot be loaded",
        "library.Answer, which no jar of this plugin has",
        "put the jar that has it into a new folder " + folder.resolve("angry"));
  }

  @Test
  void aClassThatNoJarOfAFolderHas() throws IOException {
    Path library = TestJar.library(scratch, "true").write(scratch.resolve("library.jar"));
    Path jar = filterWithMembers(NEED_LIBRARY, library);
    Path inFolder = Files.createDirectory(folder.resolve("angry")).resolve("plugin.jar");
    Files.move(jar, inFolder);
    assertProblem(
        "plugin " + inFolder + " cannot be loaded",
        "put the jar that has it into " + folder.resolve("angry"));
  }

  @Test
  void aGetterThatReturnsNothing() throws IOException {
    Path jar = filter("return \"A plugin of a test\";", "return null;");
    assertProblem("plugin " + jar, "description() is null", "this is an error in the plugin");
  }

  @Test
  void aClassThatIsMissedOnlyInCreate() throws IOException {
    Path library = TestJar.library(scratch, "true").write(folder.resolve("other/library.jar"));
    TestJar.filter(scratch, "Other", "other", ACCEPT).write(folder.resolve("other/other.jar"));
    Path jar = filter(TestJar.CREATE, "library.Answer.yes();", library);

    InstalledPlugin<ConnectionFilter> plugin = claims("angry").get(0);
    // The virtual machine remembers what it did not find; it must not forget why.
    for (int i = 0; i < 2; i++) {
      PluginException failure = assertThrows(PluginException.class, () -> create(plugin));
      assertContains(
          failure.getMessage(),
          "the plugin in " + jar + " failed",
          "library.Answer, which is in " + library + ", a jar of another plugin",
          "copy that jar into a new folder "
              + folder.resolve("angry")
              + ", together with angry.jar");
    }
  }

  @Test
  void aCreateThatThrows() throws IOException {
    Path jar = filter(TestJar.CREATE, "settings = null; settings.config();");
    InstalledPlugin<ConnectionFilter> plugin = claims("angry").get(0);
    PluginException failure = assertThrows(PluginException.class, () -> create(plugin));
    assertContains(
        failure.getMessage(),
        "the plugin in " + jar + " failed: java.lang.NullPointerException",
        "sample.Angry.create(Angry.java:");
  }

  @Test
  void aFileThatIsNoJar() throws IOException {
    Path jar = Files.writeString(folder.resolve("text.jar"), "not a jar");
    assertProblem("plugin " + jar + " cannot be read", "copy it here again");
  }

  @Test
  void aBrokenPluginDoesNotHideTheOthers() throws IOException {
    Files.writeString(folder.resolve("a.jar"), "not a jar");
    TestJar.filter(scratch, "Polite", "polite", ACCEPT).write(folder.resolve("polite.jar"));
    assertEquals(1, claims("polite").size());
  }

  @Test
  void allProblemsAreReportedInOrder() throws IOException {
    Path library = TestJar.library(scratch, "true").write(folder.resolve("d.jar"));
    Path text = Files.writeString(folder.resolve("e.jar"), "not a jar");
    Path old =
        TestJar.filter(scratch, "Polite", "polite", ACCEPT)
            .attribute("Pellucid-Api-Version", "2.0")
            .entry("dev/pellucid/api/Connection.class", new byte[0])
            .write(folder.resolve("c.jar"));
    List<String> problems = PluginCatalog.scan(List.of(folder)).problems();
    assertEquals(4, problems.size(), problems::toString);
    assertContains(problems.get(0), "plugin " + old + " bundles");
    assertContains(problems.get(1), "plugin " + old + " was built against");
    assertContains(problems.get(2), "plugin " + library + " has no provider");
    assertContains(problems.get(3), "plugin " + text + " cannot be read");
  }

  private Path builtAgainst(String version) throws IOException {
    return new TestJar(scratch)
        .attribute("Pellucid-Api-Version", version)
        .provider("sample.NoSuchClass")
        .write(folder.resolve("later.jar"));
  }

  private Path filterWithMembers(String members, Path... libraries) throws IOException {
    return filter(TestJar.MEMBERS, members, libraries);
  }

  private Path filter(String place, String code, Path... libraries) throws IOException {
    return TestJar.filter(
            scratch,
            "Angry",
            TestJar.filterSource("Angry", "angry", ACCEPT).replace(place, code),
            libraries)
        .write(folder.resolve("angry.jar"));
  }

  private List<InstalledPlugin<ConnectionFilter>> claims(String type) {
    return PluginCatalog.scan(List.of(folder)).claims(PluginKind.CONNECTION_FILTER, type).stream()
        .flatMap(plugin -> plugin.as(PluginKind.CONNECTION_FILTER).stream())
        .toList();
  }

  private static ConnectionFilter create(InstalledPlugin<ConnectionFilter> plugin) {
    return plugin.create(
        new Settings(ConfigFactory.empty()), new PluginContext("web", Transport.TCP, Set.of()));
  }

  private void assertProblem(String... parts) {
    List<String> problems = PluginCatalog.scan(List.of(folder)).problems();
    assertEquals(1, problems.size(), problems::toString);
    assertContains(problems.get(0), parts);
  }

  private static void assertContains(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), () -> part + " in " + line);
    }
    assertFalse(line.contains("\n"), line);
  }
}

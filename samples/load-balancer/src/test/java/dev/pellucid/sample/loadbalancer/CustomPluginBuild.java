package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Builds {@code samples/custom-plugin} the way its readers do: copied to a folder outside this
 * project, with the plugin API from a Maven repository. The rest comes from the repository that
 * this build has filled, so no network is needed, which a test JVM in a user namespace does not
 * have.
 */
final class CustomPluginBuild {
  private static final Path ROOT = Path.of(System.getProperty("pellucid.root"));
  private static final String VERSION = System.getProperty("pellucid.version");

  private final Path project;
  private final Path repository;
  private final Path settings;

  private CustomPluginBuild(Path folder) {
    this.project = folder.resolve("project");
    this.repository = folder.resolve("repository");
    this.settings = folder.resolve("settings.xml");
  }

  /**
   * Runs {@code mvn package}, and returns what is made for the plugins folder.
   *
   * @param folder where all this happens
   */
  static Path run(Path folder) throws Exception {
    CustomPluginBuild build = new CustomPluginBuild(folder);
    copy(ROOT.resolve("samples/custom-plugin"), build.project);
    build.installApi();
    build.writeSettings();
    build.mvn("package");
    return build.project.resolve("target/plugins/custom-plugin");
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(file -> !file.startsWith(from.resolve("target"))).toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** What {@code mvn install} does, from what this build has made. */
  private void installApi() throws IOException {
    install("pellucid", ".pom", ROOT.resolve("pom.xml"));
    install("pellucid-sdk-api", ".pom", ROOT.resolve("sdk-api/pom.xml"));
    for (String suffix : List.of(".jar", "-tests.jar")) {
      String jar = "sdk-api/target/pellucid-sdk-api-" + VERSION + suffix;
      install("pellucid-sdk-api", suffix, ROOT.resolve(jar));
    }
  }

  private void install(String artifact, String suffix, Path file) throws IOException {
    Path folder = repository.resolve(Path.of("dev", "pellucid", artifact, VERSION));
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve(artifact + "-" + VERSION + suffix));
  }

  private void writeSettings() throws IOException {
    Files.writeString(
        settings,
        """
        <settings>
          <mirrors>
            <mirror>
              <id>filled</id>
              <mirrorOf>*</mirrorOf>
              <url>%s</url>
            </mirror>
          </mirrors>
        </settings>
        """
            .formatted(Path.of(System.getProperty("pellucid.test.repository")).toUri()));
  }

  private void mvn(String goal) throws Exception {
    Path log = project.resolve("build.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            System.getProperty("pellucid.test.maven") + "/bin/mvn",
            "-B",
            "--settings",
            settings.toString(),
            "--global-settings",
            settings.toString(),
            "-Dmaven.repo.local=" + repository,
            goal);
    builder.directory(project.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeAll(List.of("MAVEN_ARGS", "MAVEN_OPTS"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    int code = builder.start().waitFor();
    assertEquals(0, code, () -> read(log));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}

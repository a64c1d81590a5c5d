package dev.pellucid.runtime.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Builds plugin jars from source. In {@link #filterSource}, {@link #MEMBERS} and {@link #CREATE}
 * stand where a test may put code of its own.
 */
final class TestJar {
  /** The body of a {@code decide} that loads a class of the {@link #library}, and asks it. */
  static final String ASK_LIBRARY =
      "return library.Answer.yes() ? Verdict.accept() : Verdict.reject();";

  /** More members of the plugin's class. */
  static final String MEMBERS = "// members";

  /** What {@code create} does first. */
  static final String CREATE = "// create";

  private final Path scratch;
  private final Manifest manifest = new Manifest();
  private final TreeMap<String, byte[]> entries = new TreeMap<>();

  TestJar(Path scratch) throws IOException {
    this.scratch = Files.createTempDirectory(scratch, "classes");
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
  }

  /** A plugin that brings one filter; {@code body} is the body of the filter's {@code decide}. */
  static TestJar filter(Path scratch, String className, String type, String body, Path... libraries)
      throws IOException {
    return filter(scratch, className, filterSource(className, type, body), libraries);
  }

  /** A plugin whose provider is this class of the package {@code sample}. */
  static TestJar filter(Path scratch, String className, String source, Path... libraries)
      throws IOException {
    return new TestJar(scratch)
        .attribute("Pellucid-Api-Version", "1.0")
        .provider("sample." + className)
        .source("sample." + className, source, libraries);
  }

  /** A library of one class, whose answer is the same each time. */
  static TestJar library(Path scratch, String answer) throws IOException {
    return new TestJar(scratch)
        .source(
            "library.Answer",
            "package library; public class Answer { public static boolean yes() { return %s; } }"
                .formatted(answer));
  }

  TestJar attribute(String name, String value) {
    manifest.getMainAttributes().putValue(name, value);
    return this;
  }

  TestJar without(String attribute) {
    manifest.getMainAttributes().remove(new Attributes.Name(attribute));
    return this;
  }

  TestJar provider(String className) {
    return entry(PluginJar.PROVIDERS, className.getBytes(UTF_8));
  }

  TestJar entry(String name, byte[] content) {
    entries.put(name, content);
    return this;
  }

  /** Compiles a class against the test's class path and the given jars. */
  TestJar source(String className, String source, Path... libraries) throws IOException {
    Path file = scratch.resolve(className.replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    Files.writeString(file, source);
    List<String> classPath = new ArrayList<>(List.of(System.getProperty("java.class.path")));
    Stream.of(libraries).map(Path::toString).forEach(classPath::add);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String[] arguments = {
      "-proc:none", "-cp", String.join(":", classPath), "-d", scratch.toString(), file.toString()
    };
    assertTrue(compiler.run(null, null, null, arguments) == 0, "compiles");
    try (Stream<Path> files = Files.walk(scratch)) {
      files.filter(path -> path.toString().endsWith(".class")).forEach(this::add);
    }
    return this;
  }

  Path write(Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (String name : entries.keySet()) {
        out.putNextEntry(new ZipEntry(name));
        out.write(entries.get(name));
      }
    }
    return jar;
  }

  private void add(Path file) {
    try {
      entries.put(scratch.relativize(file).toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String filterSource(String className, String type, String body) {
    return """
    package sample;

    import dev.pellucid.api.Connection;
    import dev.pellucid.api.balance.*;
    import dev.pellucid.api.filter.*;
    import dev.pellucid.api.plugin.*;
    import java.util.*;

    public class %1$s implements ProxyPlugin, ConnectionFilterFactory {
      public static ClassLoader loadedWith;
      public static ClassLoader createdWith;

      public %1$s() {
        loadedWith = Thread.currentThread().getContextClassLoader();
      }

      public List<ConnectionFilterFactory> connectionFilters() {
        return List.of(this);
      }

      public String type() {
        return "%2$s";
      }

      public String description() {
        return "A plugin of a test";
      }

      public Set<String> keys() {
        return Set.of("mood");
      }

      // members

      public ConnectionFilter create(Settings settings, PluginContext context) {
        createdWith = Thread.currentThread().getContextClassLoader();
        // create
        return connection -> {
          %3$s
        };
      }
    }
    """
        .formatted(className, type, body);
  }
}

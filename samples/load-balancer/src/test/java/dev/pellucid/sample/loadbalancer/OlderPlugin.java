package dev.pellucid.sample.loadbalancer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.plugin.ApiVersion;
import dev.pellucid.api.plugin.ProxyPlugin;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A plugin that carries another version of the library that {@code samples/custom-plugin} does. Its
 * filter {@code older} logs where the library came from, and accepts all.
 */
final class OlderPlugin {
  private static final Path LIBRARIES =
      Path.of(System.getProperty("pellucid.home")).resolveSibling("custom-plugin-libraries");
  private static final String LIBRARY = "hash4j-0.13.0.jar";
  private static final String SOURCE =
      """
      import com.dynatrace.hash4j.hashing.Hashing;
      import dev.pellucid.api.filter.*;
      import dev.pellucid.api.plugin.*;
      import java.util.*;
      import org.slf4j.LoggerFactory;

      public final class OlderPlugin implements ProxyPlugin {
        @Override
        public List<ConnectionFilterFactory> connectionFilters() {
          return List.of(new Factory());
        }

        static final class Factory implements ConnectionFilterFactory {
          @Override
          public String type() {
            return "older";
          }

          @Override
          public String description() {
            return "Logs where its library came from";
          }

          @Override
          public Set<String> keys() {
            return Set.of();
          }

          @Override
          public ConnectionFilter create(Settings settings, PluginContext context) {
            return connection -> {
              long hash = Hashing.komihash5_0().hashCharsToLong(connection.client().toString());
              LoggerFactory.getLogger("older").info("{} made {}",
                  Hashing.class.getProtectionDomain().getCodeSource().getLocation(), hash);
              return Verdict.accept();
            };
          }
        }
      }
      """;

  private OlderPlugin() {}

  /** Makes the plugin, with its library, in a folder. */
  static void make(Path folder) throws IOException {
    Path library = LIBRARIES.resolve(LIBRARY);
    Files.createDirectories(folder);
    Files.copy(library, folder.resolve(LIBRARY));
    Path work = Files.createDirectories(folder.resolve("work"));
    Path source = Files.writeString(work.resolve("OlderPlugin.java"), SOURCE);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String path = library + ":" + System.getProperty("java.class.path");
    int code =
        compiler.run(null, null, null, "-cp", path, "-d", work.toString(), source.toString());
    assertEquals(0, code, "the compiler failed");
    pack(work, folder.resolve("older.jar"));
  }

  private static void pack(Path work, Path jar) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue(ApiVersion.MANIFEST_ATTRIBUTE, ApiVersion.CURRENT.toString());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (String name : new String[] {"OlderPlugin", "OlderPlugin$Factory"}) {
        out.putNextEntry(new JarEntry(name + ".class"));
        Files.copy(work.resolve(name + ".class"), out);
      }
      out.putNextEntry(new JarEntry("META-INF/services/" + ProxyPlugin.class.getName()));
      out.write("OlderPlugin".getBytes(US_ASCII));
    }
  }
}

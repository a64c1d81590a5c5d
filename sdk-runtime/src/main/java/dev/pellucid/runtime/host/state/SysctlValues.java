package dev.pellucid.runtime.host.state;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of the kernel, by the names that sysctl(8) has for them: {@code net.ipv4.ip_forward}. A
 * dot within the name of an interface becomes a slash there.
 */
public final class SysctlValues {
  private static final int LONGEST = 1 << 16;

  private final Map<String, Optional<String>> values = new HashMap<>();

  /** The name of an interface's setting, such as {@code net.ipv4.conf.eth0/7.rp_filter}. */
  public static String ofInterface(String family, String link, String setting) {
    return "net.%s.conf.%s.%s".formatted(family, swapped(link), setting);
  }

  /**
   * A setting that is a number.
   *
   * @return empty if this kernel does not have it
   */
  public OptionalInt number(String name) throws IOException {
    Optional<String> text = text(name);
    try {
      return text.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text.get()));
    } catch (NumberFormatException e) {
      throw new IOException("sysctl " + name + " is not a number but " + text.get(), e);
    }
  }

  /**
   * A setting as the kernel prints it.
   *
   * @return empty if this kernel does not have it
   */
  public Optional<String> text(String name) throws IOException {
    Optional<String> kept = values.get(name);
    if (kept == null) {
      kept = read(name);
      values.put(name, kept);
    }
    return kept;
  }

  private static Optional<String> read(String name) throws IOException {
    // The kernel prints a setting once: what does not fit into the first read is lost, and
    // Files.readString reads a single byte at first.
    try (InputStream file = Files.newInputStream(Path.of("/proc/sys", swapped(name)))) {
      return Optional.of(new String(file.readNBytes(LONGEST), US_ASCII).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Dots for slashes, slashes for dots. */
  private static String swapped(String name) {
    return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
  }
}

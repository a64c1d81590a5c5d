package dev.pellucid.plugin.filediscovery;

import dev.pellucid.api.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is read when it has changed. A changed file is not read before it has looked the same
 * twice: whoever writes it in place has finished by then.
 */
final class WatchedFile {
  private static final Logger log = LoggerFactory.getLogger(WatchedFile.class);

  /** What changes with whatever is done to a file, its replacement by another included. */
  private static final String STAMP = "unix:dev,ino,size,ctime";

  private static final Map<String, Object> MISSING = Map.of();

  private final Path path;
  private @Nullable Map<String, Object> seen;
  private @Nullable Map<String, Object> read;

  WatchedFile(Path path) {
    this.path = path;
  }

  /**
   * The upstreams, if there are others than before, or none. A file that cannot be used is logged,
   * and its upstreams stay; the first time it is an error.
   *
   * @throws UpstreamFile.BadFileException if the file cannot be used and was never before
   */
  List<List<Upstream>> look() {
    Map<String, Object> stamp = stamp();
    boolean settled = stamp.equals(seen);
    seen = stamp;
    if (read == null) {
      List<Upstream> upstreams = UpstreamFile.read(path);
      read = stamp;
      return List.of(upstreams);
    }
    if (!settled || stamp.equals(read)) {
      return List.of();
    }
    read = stamp;
    try {
      return List.of(UpstreamFile.read(path));
    } catch (UpstreamFile.BadFileException e) {
      log.warn("{}; the upstreams stay as they are", e.getMessage());
      return List.of();
    }
  }

  private Map<String, Object> stamp() {
    try {
      return Files.readAttributes(path, STAMP);
    } catch (IOException e) {
      return MISSING;
    }
  }
}

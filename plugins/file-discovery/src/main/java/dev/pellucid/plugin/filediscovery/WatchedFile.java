package dev.pellucid.plugin.filediscovery;

import dev.pellucid.api.Upstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
  private final Function<Path, List<Upstream>> reader;
  private @Nullable Map<String, Object> seen;
  private @Nullable Map<String, Object> read;
  private @Nullable Problem warned;

  /** What was wrong with a file that looked so. */
  private record Problem(Map<String, Object> stamp, @Nullable String message) {}

  WatchedFile(Path path) {
    this(path, UpstreamFile::read);
  }

  /** One that is read by {@code reader}, which throws as {@link UpstreamFile#read} does. */
  WatchedFile(Path path, Function<Path, List<Upstream>> reader) {
    this.path = path;
    this.reader = reader;
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
      List<Upstream> upstreams = reader.apply(path);
      read = stamp;
      return List.of(upstreams);
    }
    if (!settled || stamp.equals(read)) {
      return List.of();
    }
    try {
      List<Upstream> upstreams = reader.apply(path);
      read = stamp;
      return List.of(upstreams);
    } catch (UpstreamFile.BadFileException e) {
      warn(new Problem(stamp, e.getMessage()));
      return List.of();
    }
  }

  /** Once: the file is read each time until it can be used, for not being able to may pass. */
  private void warn(Problem problem) {
    if (!problem.equals(warned)) {
      warned = problem;
      log.warn("{}; the upstreams stay as they are", problem.message);
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

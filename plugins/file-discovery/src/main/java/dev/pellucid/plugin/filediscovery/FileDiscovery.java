package dev.pellucid.plugin.filediscovery;

import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Looks at a file again and again. Being told by the kernel would be a second sooner, but not on
 * every file system, not behind every mount and symbolic link, and in the middle of a write.
 */
final class FileDiscovery implements Discovery {
  private final Path path;
  private final Duration interval;

  FileDiscovery(Path path, Duration interval) {
    this.path = path;
    this.interval = interval;
  }

  @Override
  public Source<List<Upstream>, NotUsed> upstreams() {
    return Source.tick(Duration.ZERO, interval, NotUsed.getInstance())
        .statefulMapConcat(
            () -> {
              WatchedFile file = new WatchedFile(path);
              return tick -> file.look();
            })
        .mapMaterializedValue(ticks -> NotUsed.getInstance());
  }
}

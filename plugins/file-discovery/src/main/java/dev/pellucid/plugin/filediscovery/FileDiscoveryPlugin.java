package dev.pellucid.plugin.filediscovery;

import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.discovery.DiscoveryFactory;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Brings the discovery {@code file}; {@link UpstreamFile} tells what the file looks like.
 *
 * <table>
 *   <caption>Settings</caption>
 *   <tr><th>key</th><th>meaning</th><th>default</th></tr>
 *   <tr><td>{@code path}</td><td>the file; relative to the working directory</td><td>required</td></tr>
 *   <tr><td>{@code interval}</td><td>how often it is looked at</td><td>{@code 1s}</td></tr>
 * </table>
 */
public final class FileDiscoveryPlugin implements ProxyPlugin {

  @Override
  public List<DiscoveryFactory> discoveries() {
    return List.of(new Factory());
  }

  private static final class Factory implements DiscoveryFactory {
    @Override
    public String type() {
      return "file";
    }

    @Override
    public String description() {
      return "The upstreams that a file lists, read again when it changes";
    }

    @Override
    public Set<String> keys() {
      return Set.of("path", "interval");
    }

    @Override
    public Discovery create(Settings settings, PluginContext context) {
      Path path =
          settings
              .read("path", Path::of)
              .orElseThrow(() -> settings.bad("path", "is missing: the file with the upstreams"));
      return new FileDiscovery(path, settings.duration("interval", Duration.ofSeconds(1)));
    }
  }
}

package dev.pellucid.runtime.host.doctor;

import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The network interfaces.
 *
 * @param all each of them, loopback included
 */
record Links(List<Link> all) {

  static Links read() throws IOException, InterruptedException {
    try {
      return new Links(IpTool.list("-details", "link").stream().map(Link::of).toList());
    } catch (ConfigException e) {
      throw new IOException("ip prints links that cannot be read: " + e.getMessage(), e);
    }
  }

  /** The one with this name, if there is one. */
  Optional<Link> named(String name) {
    return all.stream().filter(link -> link.name().equals(name)).findFirst();
  }
}

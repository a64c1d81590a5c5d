package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Upstream;
import java.net.InetSocketAddress;
import java.util.List;

/** The addresses of a name, with a port. */
record NameQuestion(String name, int port, Family family) implements Question {

  @Override
  public List<Upstream> ask(Resolver resolver) {
    return Upstreams.sorted(
        resolver.addresses(name, family).stream()
            .map(address -> Upstream.of(new InetSocketAddress(address, port))));
  }
}

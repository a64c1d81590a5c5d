package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Upstream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * The servers of a service, as far as they are of the first priority. Each address of a server has
 * the server's weight.
 */
record ServiceQuestion(String service, Family family) implements Question {

  @Override
  public List<Upstream> ask(Resolver resolver) {
    List<ServiceRecord> records = resolver.services(service);
    int first = records.stream().mapToInt(ServiceRecord::priority).min().orElseThrow();
    return Upstreams.sorted(
        records.stream()
            .filter(server -> server.priority() == first)
            .flatMap(server -> upstreams(resolver, server)));
  }

  private Stream<Upstream> upstreams(Resolver resolver, ServiceRecord server) {
    return resolver.addresses(server.target(), family).stream()
        .map(
            address ->
                new Upstream(
                    new InetSocketAddress(address, server.port()), Math.max(1, server.weight())));
  }
}

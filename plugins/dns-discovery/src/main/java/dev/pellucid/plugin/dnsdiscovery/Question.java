package dev.pellucid.plugin.dnsdiscovery;

import dev.pellucid.api.Upstream;
import java.util.List;

/** What the DNS is asked for. */
@FunctionalInterface
interface Question {

  /**
   * Asks. Blocks.
   *
   * @return the upstreams, at least one, in an order of their own
   * @throws DnsException if one of the answers that are needed does not come, or there are none
   */
  List<Upstream> ask(Resolver resolver);
}

package dev.pellucid.runtime.host.doctor;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.linux.LocalAddresses;
import dev.pellucid.runtime.host.ruleset.Ruleset;
import java.io.IOException;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host as it is while it is examined. Each part is read when a check first asks for it, in the
 * network namespace of the calling thread, and then kept: all checks see the same.
 */
final class Host {
  private final Sysctls sysctls = new Sysctls();
  private final Map<IpFamily, Routing> routing = new EnumMap<>(IpFamily.class);
  private @Nullable Links links;
  private @Nullable Interfaces interfaces;
  private @Nullable Ruleset ruleset;

  /** The settings of the kernel. */
  Sysctls sysctls() {
    return sysctls;
  }

  /** The network interfaces. */
  Links links() throws IOException, InterruptedException {
    if (links == null) {
      links = Links.read();
    }
    return links;
  }

  /** The rules and routes of a family. */
  Routing routing(IpFamily family) throws IOException, InterruptedException {
    Routing kept = routing.get(family);
    if (kept == null) {
      kept = Routing.read(family);
      routing.put(family, kept);
    }
    return kept;
  }

  private @Nullable Set<InetAddress> addresses;
  private @Nullable Set<ListeningSocket> listening;

  /** The addresses of its interfaces. */
  Set<InetAddress> addresses() throws IOException {
    if (addresses == null) {
      addresses = LocalAddresses.read();
    }
    return addresses;
  }

  /** Whether an address is its own. */
  boolean owns(InetAddress address) throws IOException {
    return address.isLoopbackAddress() || addresses().contains(address);
  }

  /** The sockets that take what comes to them. */
  Set<ListeningSocket> listening() throws IOException {
    if (listening == null) {
      listening = ListeningSocket.read();
    }
    return listening;
  }

  /** The interfaces by which traffic comes, with their addresses. */
  Interfaces interfaces() throws IOException, InterruptedException {
    if (interfaces == null) {
      interfaces = Interfaces.read();
    }
    return interfaces;
  }

  /** The firewall's rules. */
  Ruleset ruleset() throws IOException, InterruptedException {
    if (ruleset == null) {
      ruleset = Ruleset.read();
    }
    return ruleset;
  }
}

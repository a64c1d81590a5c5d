package dev.pellucid.runtime.host.state;

import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.ruleset.Ruleset;
import dev.pellucid.runtime.linux.LocalAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The host as it is while it is examined. Each part is read when a check first asks for it, in the
 * network namespace of the calling thread, and then kept: all checks see the same.
 */
public final class Host {
  private final SysctlValues sysctls = new SysctlValues();
  private final Kept<Interfaces> interfaces = new Kept<>(Interfaces::read);
  private final Kept<Set<InetAddress>> addresses = new Kept<>(LocalAddresses::read);
  private final Kept<Routing> routing4 = new Kept<>(() -> Routing.read(IpFamily.IPV4));
  private final Kept<Routing> routing6 = new Kept<>(() -> Routing.read(IpFamily.IPV6));
  private final Kept<Ruleset> ruleset = new Kept<>(Ruleset::read);
  private final Kept<Set<ListeningSocket>> listening = new Kept<>(ListeningSocket::read);

  /** The settings of the kernel. */
  public SysctlValues sysctls() {
    return sysctls;
  }

  /** The network interfaces, loopback included. */
  public Interfaces interfaces() throws IOException, InterruptedException {
    return interfaces.get();
  }

  /** Whether an address is its own. */
  public boolean owns(InetAddress address) throws IOException, InterruptedException {
    return address.isLoopbackAddress() || addresses().contains(address);
  }

  /** The addresses of its interfaces. */
  Set<InetAddress> addresses() throws IOException, InterruptedException {
    return addresses.get();
  }

  /** The rules and routes of a family. */
  public Routing routing(IpFamily family) throws IOException, InterruptedException {
    return switch (family) {
      case IPV4 -> routing4.get();
      case IPV6 -> routing6.get();
    };
  }

  /** The firewall's rules. */
  public Ruleset ruleset() throws IOException, InterruptedException {
    return ruleset.get();
  }

  /** The sockets that take what comes to them. */
  public Set<ListeningSocket> listening() throws IOException, InterruptedException {
    return listening.get();
  }

  private interface Reading<T> {
    T read() throws IOException, InterruptedException;
  }

  /** A part that is read once. */
  private static final class Kept<T> {
    private final Reading<T> reading;
    private @Nullable T kept;

    Kept(Reading<T> reading) {
      this.reading = reading;
    }

    T get() throws IOException, InterruptedException {
      T known = kept;
      if (known == null) {
        known = reading.read();
        kept = known;
      }
      return known;
    }
  }
}

package dev.pellucid.runtime.host.state;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Network interfaces.
 *
 * @param list each of them
 */
public record Interfaces(List<Interface> list) {

  /** Copies the list. */
  public Interfaces {
    list = List.copyOf(list);
  }

  /** Reads those of the calling thread's network namespace, loopback included. Blocks. */
  static Interfaces read() throws IOException, InterruptedException {
    try {
      return new Interfaces(
          IpTool.list("-details", "address").stream().map(Interface::of).toList());
    } catch (IllegalArgumentException e) {
      throw new IOException("ip prints interfaces that cannot be read: " + e.getMessage(), e);
    }
  }

  /** Those by which {@linkplain Interface#receives() traffic of others can come}. */
  public Interfaces receiving() {
    return new Interfaces(list.stream().filter(Interface::receives).toList());
  }

  /** Their names. */
  public List<String> names() {
    return list.stream().map(Interface::name).toList();
  }

  /** The one with this name, if there is one. */
  public Optional<Interface> named(String name) {
    return list.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** Whether one of them has an address. */
  public boolean owns(InetAddress address) {
    return list.stream().anyMatch(each -> each.owns(address));
  }
}

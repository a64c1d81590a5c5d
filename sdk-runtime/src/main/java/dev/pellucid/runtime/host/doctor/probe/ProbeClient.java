package dev.pellucid.runtime.host.doctor.probe;

import dev.pellucid.api.Cidr;
import java.net.InetAddress;

/**
 * In whose name a probe speaks.
 *
 * @param address an address that a client could have
 * @param network the network of clients that it stands for
 */
record ProbeClient(InetAddress address, Cidr network) {
  static ProbeClient of(InetAddress address) {
    return new ProbeClient(address, Cidr.of(address));
  }
}

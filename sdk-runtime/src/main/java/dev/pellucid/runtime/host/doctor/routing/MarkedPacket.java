package dev.pellucid.runtime.host.doctor.routing;

import java.net.InetAddress;

/**
 * A packet that has to be delivered to the proxy.
 *
 * @param from where it comes from
 * @param to where it goes
 * @param input the interface by which it comes in
 * @param protocol the number of its transport protocol
 * @param fromPort the port that it comes from; {@link #ANY_PORT}: one that programs choose
 * @param toPort the port that it goes to; {@link #ANY_PORT}: one that programs choose
 */
record MarkedPacket(
    InetAddress from, InetAddress to, String input, int protocol, int fromPort, int toPort) {
  static final int ANY_PORT = 0;
}

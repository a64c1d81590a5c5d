package dev.pellucid.runtime.host.doctor.firewall;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.Intercept;
import dev.pellucid.runtime.host.PortRange;
import dev.pellucid.runtime.host.ruleset.Fate;
import dev.pellucid.runtime.host.ruleset.Owner;
import dev.pellucid.runtime.host.ruleset.Packet;
import dev.pellucid.runtime.host.ruleset.RuleAt;
import dev.pellucid.runtime.host.state.Interface;
import dev.pellucid.runtime.host.state.Interfaces;
import dev.pellucid.runtime.host.state.ListeningSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandOverTest {
  private static final Interfaces INTERFACES =
      new Interfaces(
          List.of(
              new Interface(
                  "lan0",
                  Set.of("UP"),
                  true,
                  "",
                  Optional.empty(),
                  List.of(address("10.1.0.1", false), address("10.1.0.9", true)))));

  private static Interface.Address address(String address, boolean spare) {
    return new Interface.Address(Addresses.literal(address), 24, Interface.Scope.GLOBAL, spare);
  }

  private static final HandOver HAND_OVER =
      HandOver.of(
          INTERFACES,
          List.of(
              Intercept.tcp(
                  "web", new InetSocketAddress("0.0.0.0", 50080), List.of(PortRange.of(80)))),
          List.of(
              listening("0.0.0.0", 50080),
              listening("10.1.0.1", 3128),
              listening("10.1.0.9", 3131),
              listening("127.0.0.1", 3130),
              listening("::", 3129)));

  private static ListeningSocket listening(String address, int port) {
    return new ListeningSocket(
        Transport.TCP, new InetSocketAddress(Addresses.literal(address), port));
  }

  /** To whom a rule hands TCP to port 80 of an address: an address, or that of the interface. */
  @ParameterizedTest
  @CsvSource({
    "TCP, 10.2.0.2, , 50080, true, true",
    "TCP, 10.2.0.2, , 50080, false, false",
    "UDP, 10.2.0.2, , 50080, true, false",
    "TCP, fd00::2, , 50080, true, false",
    "TCP, 10.2.0.2, , 3128, false, true",
    "TCP, 10.2.0.2, , 3127, true, false",
    "TCP, 10.2.0.2, , 3131, true, false",
    "TCP, 10.2.0.2, 10.1.0.9, 3131, true, true",
    "TCP, 10.2.0.2, , 3130, true, false",
    "TCP, 10.2.0.2, 127.0.0.1, 3130, true, true",
    "TCP, 10.2.0.2, , 3129, true, true",
    "TCP, fd00::2, , 3129, true, true",
    "TCP, 10.2.0.2, , 0, true, false",
  })
  void aListenerIsFoundOrNot(
      Transport transport, String to, String address, int port, boolean running, boolean found) {
    InetAddress server = Addresses.literal(to);
    Packet packet = PaperPackets.packet(transport, "lan0", server, 40000, server, 80, Owner.NONE);
    RuleAt rule = new RuleAt("nft", "ip", "t", "c", "tproxy", "nft delete rule …");
    Optional<InetAddress> asked = Optional.ofNullable(address).map(Addresses::literal);
    assertEquals(found, HAND_OVER.finds(packet, new Fate.Listener(asked, port, rule), running));
  }
}

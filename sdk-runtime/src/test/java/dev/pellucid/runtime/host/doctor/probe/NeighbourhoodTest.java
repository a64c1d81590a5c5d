package dev.pellucid.runtime.host.doctor.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Cidr;
import dev.pellucid.runtime.host.doctor.probe.Neighbourhood.Link;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighbourhoodTest {
  private static Neighbourhood of(String local, Cidr network, String... used) {
    InetAddress own = Addresses.literal(local);
    return new Neighbourhood(
        List.of(new Link("eth0", own, network)),
        Set.copyOf(
            Stream.concat(Stream.of(own), Arrays.stream(used).map(Addresses::literal)).toList()));
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.0.1,   10.1.0.0/24,   10.1.0.254",
    "10.1.0.254, 10.1.0.0/24,   10.1.0.253",
    "10.1.0.1,   10.1.0.0/30,   10.1.0.2",
    "10.1.0.1,   10.1.0.0/31,   10.1.0.0",
    "0.0.0.1,    0.0.0.0/24,    0.0.0.254",
    "fd00:1::1,  fd00:1::/64,   fd00:1::ffff:ffff:ffff:ff7f",
    "fd00:1::1,  fd00:1::/127,  fd00:1::",
    "fd00:1::1,  fd00:1::/125,  fd00:1::6",
  })
  void anUnusedAddressIsTheLastThatAHostCouldHave(String local, String network, String expected) {
    Cidr links = Cidr.parse(network);
    assertEquals(
        Optional.of(new ProbeClient(Addresses.literal(expected), links)),
        of(local, links).unused(links));
  }

  @Test
  void whereAllAreUsedTheOneThatIsNotOursRemains() {
    Cidr link = Cidr.parse("10.1.0.0/30");
    Neighbourhood neighbourhood = of("10.1.0.1", link, "10.1.0.2");
    assertEquals(Optional.empty(), neighbourhood.unused(link));
    assertEquals(
        Optional.of(new ProbeClient(Addresses.literal("10.1.0.2"), link)),
        neighbourhood.foreign(link));
  }
}

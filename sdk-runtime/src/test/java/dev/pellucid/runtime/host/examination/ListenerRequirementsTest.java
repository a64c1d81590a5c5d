package dev.pellucid.runtime.host.examination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.InterceptMode;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerRequirementsTest {

  @Test
  void anUpstreamHasAnAddress() {
    InetSocketAddress named = InetSocketAddress.createUnresolved("server.example", 80);
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new ListenerRequirements(
                    "web",
                    Transport.TCP,
                    new InetSocketAddress("0.0.0.0", 50080),
                    InterceptMode.TPROXY,
                    List.of(),
                    false,
                    100,
                    128,
                    SourceAddress.clientIp(),
                    List.of(named)));
    assertEquals(
        "the upstream server.example/<unresolved>:80 has no address", failure.getMessage());
  }
}

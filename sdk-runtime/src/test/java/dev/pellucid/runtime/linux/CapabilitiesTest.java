package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pellucid.runtime.linux.Capabilities.Capability;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {

  @Test
  void readsTheStatusOfAContainersUser() {
    Capabilities user =
        Capabilities.parse(
            List.of(
                "Name:\tjava",
                "CapInh:\t0000000000000000",
                "CapPrm:\t0000000000000400",
                "CapEff:\t0000000000000400",
                "CapBnd:\t00000000a80425fb",
                "CapAmb:\t0000000000000400",
                "NoNewPrivs:\t1"));
    assertTrue(user.noNewPrivileges());
    assertTrue(user.effective(Capability.NET_BIND_SERVICE));
    assertFalse(user.effective(Capability.NET_RAW));
    assertTrue(user.bounded(Capability.NET_RAW));
    assertFalse(user.bounded(Capability.NET_ADMIN));
    assertEquals("only in the bounding set", user.seen(Capability.NET_RAW));
    assertEquals("in no set", user.seen(Capability.NET_ADMIN));
  }
}

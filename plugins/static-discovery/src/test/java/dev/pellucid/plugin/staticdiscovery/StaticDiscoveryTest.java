package dev.pellucid.plugin.staticdiscovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Addresses;
import dev.pellucid.api.Transport;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.ProxyPlugin;
import dev.pellucid.api.plugin.Settings;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaticDiscoveryTest {

  private static Discovery create(String settings) {
    ProxyPlugin plugin = ServiceLoader.load(ProxyPlugin.class).findFirst().orElseThrow();
    return plugin
        .discoveries()
        .get(0)
        .create(
            new Settings(ConfigFactory.parseString(settings)),
            new PluginContext("web", Transport.TCP, Set.of()));
  }

  @Test
  void tellsTheUpstreamsOnceAndEnds() throws Exception {
    ActorSystem system = ActorSystem.create("static");
    try {
      assertEquals(
          List.of(
              List.of(
                  new Upstream(Addresses.parse("10.2.0.2:80"), 3),
                  Upstream.of(Addresses.parse("[fd00::2]:81")))),
          create(
                  "upstreams = [{ address = \"10.2.0.2:80\", weight = 3 }, { address ="
                      + " \"[fd00::2]:81\" }]")
              .upstreams()
              .runWith(Sink.seq(), system)
              .toCompletableFuture()
              .get(10, TimeUnit.SECONDS));
    } finally {
      system.terminate();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "upstreams = []               | upstreams': needs at least one upstream",
        "colour = red                 | upstreams': needs at least one upstream",
        "upstreams = [{ weight = 1 }] | address': is missing",
        "upstreams = [{ address = web }] | address': must be ADDRESS:PORT",
        "upstreams = [{ address = \"10.2.0.2:80\", weight = 0 }] | weight': must be a whole number from 1 to",
        "upstreams = [{ address = \"10.2.0.2:80\", wieght = 2 }] | wieght': unknown key (known: address, weight)",
      })
  void refusesWhatItDoesNotUnderstand(String settings, String expected) {
    ConfigException refused = assertThrows(ConfigException.class, () -> create(settings));
    assertTrue(refused.getMessage().contains(expected), refused::getMessage);
  }
}

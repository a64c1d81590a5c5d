package dev.pellucid.sample.loadbalancer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pellucid.api.balance.Balancer;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.runtime.plugin.InstalledPlugin;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PluginTableTest {

  @Test
  void aRowForEachPluginByTypeAndBelowItWhatItKnowsAndWhereItIs() {
    assertTable(
        """
        KIND      TYPE    VERSION  DESCRIPTION
        balancer  moody   1.0      Takes whom it likes
            keys: mood, temper
            jar:  plugins/moody.jar
        balancer  sullen  2.1.3    Takes nobody
            jar:  plugins/sullen.jar
        """,
        plugin("sullen", "2.1.3", "Takes nobody", Set.of()),
        plugin("moody", "1.0", "Takes whom it likes", Set.of("temper", "mood")));
  }

  @Test
  void linesFitInto120Columns() {
    String words = "word ".repeat(30);
    assertTable(
        """
        KIND      TYPE   VERSION  DESCRIPTION
        balancer  moody  1.0      word word word word word word word word word word word word word word word word word word word
                                  word word word word word word word word word word word
            keys: a-key-with-a-rather-long-name-1, a-key-with-a-rather-long-name-2, a-key-with-a-rather-long-name-3,
                  a-key-with-a-rather-long-name-4
            jar:  plugins/moody.jar
        """,
        plugin(
            "moody",
            "1.0",
            words,
            Set.of(
                "a-key-with-a-rather-long-name-1",
                "a-key-with-a-rather-long-name-2",
                "a-key-with-a-rather-long-name-3",
                "a-key-with-a-rather-long-name-4")));
  }

  private static void assertTable(String expected, InstalledPlugin<?>... plugins) {
    assertEquals(expected.stripTrailing(), PluginTable.of(List.of(plugins)));
  }

  private static InstalledPlugin<Balancer> plugin(
      String type, String version, String description, Set<String> keys) {
    return new InstalledPlugin<>(
        PluginKind.BALANCER,
        type,
        description,
        keys,
        version,
        "plugins/" + type + ".jar",
        new Unused());
  }

  /** The table asks the installed plugin, never its factory. */
  private static final class Unused implements PluginFactory<Balancer> {
    @Override
    public String type() {
      throw new AssertionError("asked for its type");
    }

    @Override
    public String description() {
      throw new AssertionError("asked for its description");
    }

    @Override
    public Set<String> keys() {
      throw new AssertionError("asked for its keys");
    }

    @Override
    public Balancer create(Settings settings, PluginContext context) {
      throw new AssertionError("asked for a balancer");
    }
  }
}

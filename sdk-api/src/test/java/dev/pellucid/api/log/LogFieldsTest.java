package dev.pellucid.api.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Attribute;
import dev.pellucid.api.Transport;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.testkit.FakeConnection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogFieldsTest {

  @Test
  void theColumnsAreAllFieldsAndTheListedAttributes() {
    List<String> labels = labels("attributes = [sni]");
    assertEquals("listener", labels.get(0));
    assertEquals(SummaryField.values().length + 2, labels.size());
    assertEquals("sni", labels.get(labels.size() - 1));
  }

  @Test
  void fieldsChoosesAndOrdersTheColumns() {
    assertEquals(
        List.of("end", "listener", "client", "sni"),
        labels("fields = [end, listener, client], attributes = [sni]"));
    assertEquals(List.of("sni", "end"), labels("fields = [sni, end], attributes = [sni]"));
  }

  @Test
  void aFieldIsFoundByItsName() {
    LogFields fields = fields("attributes = [sni]");
    assertSame(SummaryField.FROM_CLIENT, fields.named("from-client"));
    FakeConnection connection = FakeConnection.create();
    connection.set(Attribute.text("sni"), "example.com");
    StringBuilder text = new StringBuilder();
    fields.named("sni").appendTo(text, connection.summary());
    fields.named("listener").appendTo(text.append(" "), connection.summary());
    assertEquals("example.com web", text.toString());
  }

  @Test
  void problemsNameThePlaceAndWhatIsKnown() {
    assertProblem(
        "fields = [\nclinet]", "2: ", "unknown field \"clinet\"; known are listener, time");
    assertProblem("fields = [sni]", "1: ", "attributes have to be listed in attributes");
    assertProblem("\nfields = []", "2: ", "must list a field");
    assertProblem("attributes = [\ntime]", "2: ", "\"time\" is a field of every connection");
    assertProblem("attributes = [\"a b\"]", "1: ", "must be letters, digits");
  }

  private static void assertProblem(String settings, String line, String text) {
    ConfigException e =
        assertThrows(ConfigException.BadValue.class, () -> fields(settings).columns());
    assertTrue(e.getMessage().contains(line) && e.getMessage().contains(text), e.getMessage());
  }

  private static List<String> labels(String settings) {
    return fields(settings).columns().stream().map(LogField::label).toList();
  }

  private static LogFields fields(String settings) {
    return new LogFields(
        new Settings(ConfigFactory.parseString(settings)),
        new PluginContext("web", Transport.TCP, Set.of()));
  }
}

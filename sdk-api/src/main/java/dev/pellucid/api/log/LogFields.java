package dev.pellucid.api.log;

import dev.pellucid.api.Attribute;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one access log can write: {@code listener}, the listener's name; every {@link SummaryField};
 * and the attributes that its setting {@code attributes} lists. They have to be listed because a
 * stage may attach what it likes: without the list, no misspelt name could be told to the user.
 */
public final class LogFields {
  /** The setting that lists attributes, for {@link AccessLogFactory#keys}. */
  public static final String ATTRIBUTES = "attributes";

  /** The setting of {@link #columns}. */
  public static final String FIELDS = "fields";

  private static final Pattern LABEL = Pattern.compile("[\\w.-]+");

  private final Settings settings;
  private final Map<String, LogField> fields = new LinkedHashMap<>();
  private final Map<String, LogField> attributes = new LinkedHashMap<>();

  /**
   * Reads {@code attributes}.
   *
   * @throws com.typesafe.config.ConfigException if one cannot be told from another field
   */
  public LogFields(Settings settings, PluginContext context) {
    this.settings = settings;
    LogField listener = TextField.listener(context.listener());
    fields.put(listener.label(), listener);
    for (SummaryField field : SummaryField.values()) {
      fields.put(field.label(), field);
    }
    for (String name : settings.list(ATTRIBUTES, this::attributeName)) {
      attributes.put(name, TextField.attribute(Attribute.text(name)));
    }
  }

  private String attributeName(String name) {
    if (!LABEL.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "must be letters, digits, '.', '_' and '-', not \"" + name + "\"");
    }
    if (fields.containsKey(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is a field of every connection: only attributes are listed here");
    }
    return name;
  }

  /** The listed attributes, in their order. */
  public List<LogField> attributes() {
    return List.copyOf(attributes.values());
  }

  /**
   * Finds a field or a listed attribute.
   *
   * @throws IllegalArgumentException if there is none of that name; says which there are
   */
  public LogField named(String label) {
    LogField field = fields.getOrDefault(label, attributes.get(label));
    if (field == null) {
      throw new IllegalArgumentException(
          "unknown field \"%s\"; known are %s; attributes have to be listed in %s"
              .formatted(label, known(), ATTRIBUTES));
    }
    return field;
  }

  private String known() {
    return String.join(
        ", ", Stream.concat(fields.keySet().stream(), attributes.keySet().stream()).toList());
  }

  /**
   * What a log with columns writes: the fields that the setting {@code fields} lists, without it
   * all, and then the attributes.
   *
   * @throws com.typesafe.config.ConfigException if a field is unknown, or if there is none at all
   */
  public List<LogField> columns() {
    Set<LogField> columns =
        new LinkedHashSet<>(
            settings.has(FIELDS) ? settings.list(FIELDS, this::named) : fields.values());
    columns.addAll(attributes.values());
    if (columns.isEmpty()) {
      throw settings.bad(FIELDS, "must list a field, unless " + ATTRIBUTES + " lists one");
    }
    return List.copyOf(columns);
  }
}

package dev.pellucid.runtime.config;

import static java.util.Comparator.comparing;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * An object of the file. The keys that are read from it are the ones it knows; any other is a
 * problem. A bad value is a problem too, and reads as if it were not there.
 */
final class Section {
  private final String path;
  private final ConfigObject object;
  private final Report report;
  private final Set<String> known = new LinkedHashSet<>();

  private Section(String path, ConfigObject object, Report report) {
    this.path = path;
    this.object = object;
    this.report = report;
  }

  /** Reads all of an object. */
  static <T> T read(String path, ConfigObject object, Report report, Function<Section, T> reader) {
    Section section = new Section(path, object, report);
    T result = reader.apply(section);
    section.refuseUnknownKeys();
    return result;
  }

  /**
   * Reads the one object of a file that counts. What else is at the file's top is there to be
   * substituted, unless it looks like a key that went astray.
   */
  static <T> T document(ConfigObject top, String key, Report report, Function<Section, T> reader) {
    Section root = new Section("", top, report);
    Section section = root.document(key);
    T result = reader.apply(section);
    section.refuseUnknownKeys();
    root.keys().stream()
        .filter(section.known::contains)
        .forEach(stray -> root.problem(stray, "belongs into " + key + " { ... }"));
    return result;
  }

  /** Reads what is wanted of that object, whatever else is in it. */
  static <T> T part(ConfigObject top, String key, Report report, Function<Section, T> reader) {
    return reader.apply(new Section("", top, report).document(key));
  }

  private Section document(String key) {
    Optional<ConfigObject> document = require(key, Readings.OBJECT);
    if (document.isEmpty()) {
      keys().forEach(other -> refuseMisspelt(other, key));
    }
    report.requireNoProblem();
    return new Section(key, document.orElseThrow(), report);
  }

  /** The path of a key, as problems name it. */
  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** Whether a key is missing, or an empty list or object. */
  boolean isEmpty(String key) {
    return value(key)
        .map(
            value ->
                (value instanceof ConfigObject inner && inner.isEmpty())
                    || (value instanceof ConfigList list && list.isEmpty()))
        .orElse(true);
  }

  <T> T read(String key, Reading<T> reading, T fallback) {
    return read(key, reading).orElse(fallback);
  }

  <T> Optional<T> read(String key, Reading<T> reading) {
    return value(key).flatMap(value -> read(path(key), value, reading));
  }

  <T> Optional<T> require(String key, Reading<T> reading) {
    if (!has(key)) {
      problem(key, "is missing");
    }
    return read(key, reading);
  }

  <T> List<T> list(String key, Reading<T> reading) {
    return elements(key, (elementPath, value) -> read(elementPath, value, reading));
  }

  /** An object; one that is missing reads as an empty one. */
  <T> T section(String key, Function<Section, T> reader) {
    ConfigObject inner = value(key).flatMap(value -> object(path(key), value)).orElse(empty());
    return read(path(key), inner, report, reader);
  }

  /** A list of objects. */
  <T> List<T> sections(String key, Function<Section, Optional<T>> reader) {
    return elements(
        key,
        (elementPath, value) ->
            object(elementPath, value)
                .flatMap(element -> read(elementPath, element, report, reader)));
  }

  /** One object for each key; here the keys are names. */
  <T> List<T> named(BiFunction<String, Section, Optional<T>> reader) {
    return keys().stream()
        .flatMap(
            name ->
                value(name)
                    .flatMap(value -> object(path(name), value))
                    .flatMap(
                        inner ->
                            read(path(name), inner, report, section -> reader.apply(name, section)))
                    .stream())
        .toList();
  }

  /** The settings of a plugin; its keys are for the plugin to judge. */
  PluginSettings plugin(String key, String fallback) {
    ConfigObject settings = value(key).flatMap(value -> object(path(key), value)).orElse(empty());
    Section section = new Section(path(key), settings, report);
    String type = section.read(PluginSettings.TYPE, Readings.TEXT, fallback);
    return new PluginSettings(type, path(key), settings.toConfig());
  }

  /** The settings of a plugin that says its type, if there is one. */
  Optional<PluginSettings> plugin(String key) {
    return value(key)
        .flatMap(value -> object(path(key), value))
        .flatMap(settings -> plugin(path(key), settings));
  }

  /** The settings of some plugins of one kind. */
  List<PluginSettings> plugins(String key) {
    return elements(
        key,
        (elementPath, value) ->
            object(elementPath, value).flatMap(settings -> plugin(elementPath, settings)));
  }

  private Optional<PluginSettings> plugin(String elementPath, ConfigObject settings) {
    return new Section(elementPath, settings, report)
        .require(PluginSettings.TYPE, Readings.TEXT)
        .map(type -> new PluginSettings(type, elementPath, settings.toConfig()));
  }

  /** What a constructor makes of the values; its refusal is a problem of the whole section. */
  <T> Optional<T> built(Supplier<T> constructor) {
    return read(path, object, value -> constructor.get());
  }

  void problem(String key, String text) {
    report.problem(origin(key), path(key), text);
  }

  void note(String key, String text) {
    report.note(origin(key), path(key), text);
  }

  private void refuseMisspelt(String key, String meant) {
    Spelling.closest(key, List.of(meant))
        .ifPresent(word -> problem(key, Spelling.unknown("key", key, List.of(word))));
  }

  private ConfigObject empty() {
    return ConfigFactory.empty().root().withOrigin(object.origin());
  }

  /** In the order of the file: the library keeps none. */
  private List<String> keys() {
    return object.entrySet().stream()
        .sorted(
            comparing((Map.Entry<String, ConfigValue> e) -> e.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Optional<ConfigValue> value(String key) {
    known.add(key);
    return Optional.ofNullable(object.get(key))
        .filter(value -> value.valueType() != ConfigValueType.NULL);
  }

  private ConfigOrigin origin(String key) {
    return Optional.ofNullable(object.get(key)).map(ConfigValue::origin).orElse(object.origin());
  }

  private <T> Optional<T> read(String valuePath, ConfigValue value, Reading<T> reading) {
    try {
      return Optional.of(reading.read(value));
    } catch (IllegalArgumentException e) {
      report.problem(value.origin(), valuePath, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<ConfigObject> object(String valuePath, ConfigValue value) {
    return read(valuePath, value, Readings.OBJECT);
  }

  private <T> List<T> elements(String key, Element<T> reader) {
    List<ConfigValue> list = read(key, Readings.LIST, List.of());
    return IntStream.range(0, list.size())
        .mapToObj(i -> reader.read(path(key) + "[" + i + "]", list.get(i)))
        .flatMap(Optional::stream)
        .toList();
  }

  private void refuseUnknownKeys() {
    keys().stream()
        .filter(key -> !known.contains(key))
        .forEach(key -> problem(key, Spelling.unknown("key", key, known)));
  }

  private interface Element<T> {
    Optional<T> read(String path, ConfigValue value);
  }
}

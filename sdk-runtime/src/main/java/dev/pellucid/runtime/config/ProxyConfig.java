package dev.pellucid.runtime.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import dev.pellucid.api.Transport;
import dev.pellucid.runtime.host.RuleNames;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A whole configuration file.
 *
 * @param eventLoops how many event loops there are; 0: one per core
 * @param pluginsDir the plugin folder; it may be missing unless the file names it
 * @param admin the admin endpoint
 * @param rules what belongs to the firewall rules on the host
 * @param listeners the listeners, in the order of the file, at least one
 * @param notes what the file asks for in vain, one line each
 */
public record ProxyConfig(
    int eventLoops,
    Path pluginsDir,
    AdminConfig admin,
    RuleNames rules,
    List<ListenerConfig> listeners,
    List<String> notes) {

  private static final String ROOT = "pellucid";

  /** The plugin folder, relative to the working directory, unless the file names another. */
  public static final Path PLUGINS_DIR = Path.of("plugins");

  /** Copies the lists. */
  public ProxyConfig {
    listeners = List.copyOf(listeners);
    notes = List.copyOf(notes);
  }

  /**
   * Reads and checks a file. Opens nothing but that file and those it includes.
   *
   * @throws ConfigurationException if there is anything wrong with it; it names all that is
   */
  public static ProxyConfig load(Path file) {
    Report report = new Report();
    ProxyConfig config =
        Section.document(ConfigFile.parse(file), ROOT, report, section -> read(section, report));
    report.requireNoProblem();
    return config;
  }

  /**
   * Reads no more of a file than {@code pellucid.rules}, by which rules are found again, whatever
   * else is wrong with it.
   *
   * @throws ConfigurationException if there is anything wrong with that
   */
  public static RuleNames loadRules(Path file) {
    try {
      return rules(ConfigFile.parseUnresolved(file));
    } catch (ConfigException.NotResolved e) {
      // A substitution that stands for nothing is in there: this one names it.
      return rules(ConfigFile.parse(file));
    }
  }

  private static RuleNames rules(ConfigObject top) {
    Report report = new Report();
    RuleNames names =
        Section.part(top, ROOT, report, section -> section.section("rules", ProxyConfig::rules));
    report.requireNoProblem();
    return names;
  }

  private static ProxyConfig read(Section section, Report report) {
    int eventLoops = section.read("event-loops", Readings.whole(0, 1024), 0);
    Path pluginsDir = pluginsDir(section);
    AdminConfig admin = section.section("admin", AdminConfig::read);
    if (section.has("admin") && admin.enabled()) {
      section.note("admin", "this version has no admin endpoint yet");
    }
    RuleNames rules = section.section("rules", ProxyConfig::rules);
    List<ListenerConfig> listeners = section.section("listeners", ProxyConfig::listeners);
    if (section.isEmpty("listeners")) {
      section.problem("listeners", "needs at least one listener, such as web { ... }");
    }
    return new ProxyConfig(eventLoops, pluginsDir, admin, rules, listeners, report.notes());
  }

  private static RuleNames rules(Section section) {
    RuleNames usual = RuleNames.DEFAULT;
    String table = section.read("table", Readings.TEXT, usual.table());
    int mark = section.read("mark", Readings.MARK, usual.mark());
    int proxyMark = section.read("proxy-mark", Readings.MARK, usual.proxyMark());
    int routeTable =
        section.read("route-table", Readings.whole(1, Integer.MAX_VALUE), usual.routeTable());
    return section.built(() -> new RuleNames(table, mark, proxyMark, routeTable)).orElse(usual);
  }

  /** The default may be missing, even where the file spells it out. */
  private static Path pluginsDir(Section section) {
    Path folder = Path.of(section.read("plugins-dir", Readings.TEXT, PLUGINS_DIR.toString()));
    if (!folder.equals(PLUGINS_DIR) && !Files.isDirectory(folder)) {
      section.problem("plugins-dir", "there is no folder " + folder.toAbsolutePath());
    }
    return folder;
  }

  /** What only one listener can have: TCP and UDP each have their own ports. */
  private record Place(Transport transport, InetSocketAddress address) {}

  private static List<ListenerConfig> listeners(Section section) {
    Map<Place, String> names = new HashMap<>();
    return section.named(
        (name, inner) -> {
          Optional<ListenerConfig> listener = ListenerConfig.read(name, inner);
          listener
              .map(read -> names.putIfAbsent(new Place(read.transport(), read.address()), name))
              .ifPresent(
                  other -> inner.problem("address", "is that of listener " + other + " too"));
          return listener;
        });
  }
}

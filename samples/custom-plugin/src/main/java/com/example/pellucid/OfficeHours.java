package com.example.pellucid;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.FilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;
import java.util.function.Function;

// #filter
/**
 * The filter {@code office-hours}: connections are accepted at certain hours of the day only.
 *
 * <table>
 * <caption>Settings</caption>
 * <tr><td>{@code from}</td><td>the first moment, for example {@code "08:00"}</td></tr>
 * <tr><td>{@code to}</td><td>the first moment that is too late; before {@code from} if the hours go
 * past midnight</td></tr>
 * <tr><td>{@code zone}</td><td>whose time it is, for example {@code "Europe/Berlin"}; UTC if not
 * given</td></tr>
 * </table>
 */
record OfficeHours(LocalTime from, LocalTime to, ZoneId zone) implements ConnectionFilter {

  @Override
  public Verdict decide(Connection connection) {
    LocalTime now = LocalTime.ofInstant(connection.acceptedAt(), zone);
    return contains(now) ? Verdict.accept() : Verdict.reject();
  }

  private boolean contains(LocalTime time) {
    return from.isBefore(to)
        ? !time.isBefore(from) && time.isBefore(to)
        : !time.isBefore(from) || time.isBefore(to);
  }

  // #filter

  // #factory
  static final class Factory implements FilterFactory {

    @Override
    public String type() {
      return "office-hours";
    }

    @Override
    public Set<String> keys() {
      return Set.of("from", "to", "zone");
    }

    @Override
    public ConnectionFilter create(Config settings, PluginContext context) {
      return new OfficeHours(
          parsed(settings, "from", LocalTime::parse),
          parsed(settings, "to", LocalTime::parse),
          settings.hasPath("zone") ? parsed(settings, "zone", ZoneId::of) : ZoneId.of("UTC"));
    }

    /** The value of a key; if it cannot be read, the error names its file and line. */
    private static <T> T parsed(Config settings, String key, Function<String, T> parser) {
      String text = settings.getString(key);
      try {
        return parser.apply(text);
      } catch (DateTimeException e) {
        throw new ConfigException.BadValue(settings.getValue(key).origin(), key, e.getMessage(), e);
      }
    }
  }
  // #factory
}

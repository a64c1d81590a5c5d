package com.example.pellucid;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.ConnectionFilterFactory;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.Settings;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;

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
  static final class Factory implements ConnectionFilterFactory {

    @Override
    public String type() {
      return "office-hours";
    }

    @Override
    public String description() {
      return "Accepts connections at certain hours of the day only";
    }

    @Override
    public Set<String> keys() {
      return Set.of("from", "to", "zone");
    }

    @Override
    public ConnectionFilter create(Settings settings, PluginContext context) {
      return new OfficeHours(
          settings.require("from", LocalTime::parse),
          settings.require("to", LocalTime::parse),
          settings.read("zone", ZoneId::of).orElse(ZoneOffset.UTC));
    }
  }
  // #factory
}

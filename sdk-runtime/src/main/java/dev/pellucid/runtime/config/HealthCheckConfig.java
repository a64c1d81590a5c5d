package dev.pellucid.runtime.config;

import java.time.Duration;

/**
 * How upstreams are checked.
 *
 * @param type how
 * @param interval the time between two checks of an upstream
 * @param rise how many good checks in a row make an upstream usable
 * @param fall how many bad checks in a row make it unusable
 */
public record HealthCheckConfig(Type type, Duration interval, int rise, int fall) {
  private static final int MOST = 1000;

  /** The kinds of health checks. */
  public enum Type {
    /** A TCP connection is opened. */
    TCP
  }

  static HealthCheckConfig read(Section section) {
    return new HealthCheckConfig(
        section.read("type", Words.of(Type.class), Type.TCP),
        section.read("interval", Readings.DURATION, Duration.ofSeconds(2)),
        section.read("rise", Readings.whole(1, MOST), 2),
        section.read("fall", Readings.whole(1, MOST), 3));
  }
}

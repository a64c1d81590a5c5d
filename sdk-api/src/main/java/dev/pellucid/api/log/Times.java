package dev.pellucid.api.log;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Writes times in one form each: their own {@code toString} leaves out what is zero. */
final class Times {
  private Times() {}

  /** For example {@code 2026-01-31T12:00:00.250Z}. */
  static void iso(StringBuilder text, Instant instant) {
    LocalDateTime utc =
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
    digits(text, utc.getYear(), 1000);
    digits(text.append('-'), utc.getMonthValue(), 10);
    digits(text.append('-'), utc.getDayOfMonth(), 10);
    digits(text.append('T'), utc.getHour(), 10);
    digits(text.append(':'), utc.getMinute(), 10);
    digits(text.append(':'), utc.getSecond(), 10);
    digits(text.append('.'), utc.getNano() / 1_000_000, 100);
    text.append('Z');
  }

  /**
   * With three decimals: connecting takes less than a millisecond where the network is short. Never
   * negative, even if the clock was set back.
   */
  static void milliseconds(StringBuilder text, Duration duration) {
    long micros = Math.max(0, duration.toNanos() / 1000);
    text.append(micros / 1000).append('.');
    digits(text, (int) (micros % 1000), 100);
  }

  /** A number with leading zeros; the unit is that of its first digit. */
  private static void digits(StringBuilder text, int number, int unit) {
    for (int zeros = unit; zeros > 1 && number < zeros; zeros /= 10) {
      text.append('0');
    }
    text.append(number);
  }
}

package dev.pellucid.runtime.config;

import java.time.Duration;

/**
 * A listener's time limits.
 *
 * @param idle how long nothing may move in either direction
 * @param halfClosed how long nothing may move once one side has sent its end of stream
 */
public record TimeoutsConfig(Duration idle, Duration halfClosed) {

  static TimeoutsConfig read(Section section) {
    return new TimeoutsConfig(
        section.read("idle", Readings.DURATION, Duration.ofMinutes(5)),
        section.read("half-closed", Readings.DURATION, Duration.ofSeconds(30)));
  }
}

package dev.pellucid.runtime.config;

import dev.pellucid.api.Transport;
import java.time.Duration;

/**
 * A listener's time limits.
 *
 * @param idle how long nothing may move in either direction
 * @param halfClosed how long nothing may move once one side has sent its end of stream
 */
public record TimeoutsConfig(Duration idle, Duration halfClosed) {

  static TimeoutsConfig read(Section section, Transport transport) {
    Duration idle = transport == Transport.TCP ? Duration.ofMinutes(5) : Duration.ofSeconds(30);
    if (transport == Transport.UDP && section.has("half-closed")) {
      section.note("half-closed", "is not used, because UDP has no end of a stream");
    }
    return new TimeoutsConfig(
        section.read("idle", Readings.DURATION, idle),
        section.read("half-closed", Readings.DURATION, Duration.ofSeconds(30)));
  }
}

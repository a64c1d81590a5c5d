package dev.pellucid.plugin.bandwidth;

import dev.pellucid.api.Bandwidth;

/**
 * What each limit of a direction is to be.
 *
 * @param bytesPerSecond the rate
 * @param burst in bytes
 */
record Rate(long bytesPerSecond, long burst) {

  /** A new limit, with all of its burst. */
  Bandwidth newLimit() {
    return Bandwidth.of(bytesPerSecond, burst);
  }
}

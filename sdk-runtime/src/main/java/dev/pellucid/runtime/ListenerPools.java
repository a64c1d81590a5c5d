package dev.pellucid.runtime;

import dev.pellucid.javadsl.Pool;
import java.util.Map;
import java.util.Optional;

/**
 * The pools of one listener.
 *
 * @param own its own; empty if connections go to their original destination
 * @param named those that filters choose
 */
record ListenerPools(Optional<Pool> own, Map<String, Pool> named) {}

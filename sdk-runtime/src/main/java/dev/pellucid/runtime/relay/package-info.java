/**
 * Listeners, connections and the relay that moves their bytes. Everything here belongs to the
 * thread of one event loop unless it says otherwise.
 */
@NullMarked
package dev.pellucid.runtime.relay;

import org.jspecify.annotations.NullMarked;

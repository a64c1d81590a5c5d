/**
 * The event loop: one thread that waits for sockets, runs timers and tasks, and executes a Pekko
 * dispatcher, so that streams run where their sockets are.
 */
@NullMarked
package dev.pellucid.runtime.loop;

import org.jspecify.annotations.NullMarked;

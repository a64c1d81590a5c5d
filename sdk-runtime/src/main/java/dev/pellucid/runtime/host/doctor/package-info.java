/**
 * Finds out why a transparent proxy's traffic would not flow, and says how to cure it.
 *
 * <p>Examinations run in the network namespace of the calling thread.
 */
@NullMarked
package dev.pellucid.runtime.host.doctor;

import org.jspecify.annotations.NullMarked;

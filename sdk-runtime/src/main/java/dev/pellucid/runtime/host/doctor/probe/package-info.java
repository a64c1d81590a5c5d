/** Probes: what can only be found out by sending traffic. */
@NullMarked
package dev.pellucid.runtime.host.doctor.probe;

import org.jspecify.annotations.NullMarked;

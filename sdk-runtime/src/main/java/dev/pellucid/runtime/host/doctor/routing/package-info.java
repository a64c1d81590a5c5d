/**
 * Checks that ask whether packets find their way: routes, policy rules, and the settings beside
 * them.
 */
@NullMarked
package dev.pellucid.runtime.host.doctor.routing;

import org.jspecify.annotations.NullMarked;

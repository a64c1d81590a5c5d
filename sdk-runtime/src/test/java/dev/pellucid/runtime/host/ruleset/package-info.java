/** Tests of the firewall on paper. */
@NullMarked
package dev.pellucid.runtime.host.ruleset;

import org.jspecify.annotations.NullMarked;

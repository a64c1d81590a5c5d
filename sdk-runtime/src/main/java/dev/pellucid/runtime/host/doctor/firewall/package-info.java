/** Checks that ask what the firewall does with the packets of a proxy. */
@NullMarked
package dev.pellucid.runtime.host.doctor.firewall;

import org.jspecify.annotations.NullMarked;

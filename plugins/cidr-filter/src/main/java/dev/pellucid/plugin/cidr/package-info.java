/** The filter {@code cidr}: lets clients through by their address. */
@NullMarked
package dev.pellucid.plugin.cidr;

import org.jspecify.annotations.NullMarked;

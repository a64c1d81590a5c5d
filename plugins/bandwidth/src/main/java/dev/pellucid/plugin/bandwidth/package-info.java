/** The filter {@code bandwidth}: limits how fast the bytes of connections move. */
@NullMarked
package dev.pellucid.plugin.bandwidth;

import org.jspecify.annotations.NullMarked;

/** The filters {@code dump} and {@code dump-datagrams}: they log what passes and change nothing. */
@NullMarked
package dev.pellucid.plugin.dump;

import org.jspecify.annotations.NullMarked;

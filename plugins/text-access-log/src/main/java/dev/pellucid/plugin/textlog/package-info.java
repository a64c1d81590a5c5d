/** The access log {@code text}: one line for each connection. */
@NullMarked
package dev.pellucid.plugin.textlog;

import org.jspecify.annotations.NullMarked;

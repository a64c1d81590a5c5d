/** The access log {@code csv}: one row for each connection. */
@NullMarked
package dev.pellucid.plugin.csvlog;

import org.jspecify.annotations.NullMarked;

/** The access log {@code json}: one object for each connection. */
@NullMarked
package dev.pellucid.plugin.jsonlog;

import org.jspecify.annotations.NullMarked;

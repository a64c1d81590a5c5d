/** Plugins that record what became of each connection. */
@NullMarked
package dev.pellucid.api.log;

import org.jspecify.annotations.NullMarked;

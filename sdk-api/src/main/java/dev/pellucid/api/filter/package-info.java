/** Plugins that decide which connections may pass. */
@NullMarked
package dev.pellucid.api.filter;

import org.jspecify.annotations.NullMarked;

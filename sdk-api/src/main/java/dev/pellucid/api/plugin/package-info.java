/** How plugins are found, and what they are given. */
@NullMarked
package dev.pellucid.api.plugin;

import org.jspecify.annotations.NullMarked;

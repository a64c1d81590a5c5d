/** Plugins that find out whether an upstream works. */
@NullMarked
package dev.pellucid.api.health;

import org.jspecify.annotations.NullMarked;

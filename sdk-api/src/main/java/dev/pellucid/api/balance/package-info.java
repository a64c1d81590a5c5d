/** Plugins that choose an upstream for each connection. */
@NullMarked
package dev.pellucid.api.balance;

import org.jspecify.annotations.NullMarked;

/** How long the bundled balancers take to choose. */
@NullMarked
package dev.pellucid.sample.balancers;

import org.jspecify.annotations.NullMarked;

/**
 * Pekko stream stages over listeners and relays. On a loop's own dispatcher everything happens on
 * the loop's thread; on any other dispatcher the stages hop to the loop and back.
 */
@NullMarked
package dev.pellucid.runtime.stage;

import org.jspecify.annotations.NullMarked;

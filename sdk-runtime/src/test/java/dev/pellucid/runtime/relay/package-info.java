/** Tests of what relays are made of. */
@NullMarked
package dev.pellucid.runtime.relay;

import org.jspecify.annotations.NullMarked;

/** Pools of upstreams, and the choice among them. */
@NullMarked
package dev.pellucid.runtime.upstream;

import org.jspecify.annotations.NullMarked;

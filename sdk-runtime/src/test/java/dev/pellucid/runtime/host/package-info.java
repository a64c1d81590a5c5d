/** Tests of the rules, as text and in the lab. */
@NullMarked
package dev.pellucid.runtime.host;

import org.jspecify.annotations.NullMarked;

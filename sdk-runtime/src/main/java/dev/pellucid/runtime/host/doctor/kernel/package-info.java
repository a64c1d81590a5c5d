/** Checks that ask whether kernel and tools have what the rules need. */
@NullMarked
package dev.pellucid.runtime.host.doctor.kernel;

import org.jspecify.annotations.NullMarked;

/** Checks that ask whether the proxy process may and can do its work, and whether it does. */
@NullMarked
package dev.pellucid.runtime.host.doctor.process;

import org.jspecify.annotations.NullMarked;

/**
 * System calls: the C library's functions under their own names, and thin wrappers over them that
 * own EINTR and errno. The only package that imports jnr-ffi.
 *
 * <p>One convention for failures: a call whose failure is part of normal work (accept, bind,
 * connect, read, write, splice, …) returns the negative errno; every other throws {@link
 * dev.pellucid.runtime.linux.LinuxException}.
 */
@NullMarked
package dev.pellucid.runtime.linux;

import org.jspecify.annotations.NullMarked;

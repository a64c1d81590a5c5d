/**
 * The host as the kernel and its tools show it: interfaces, routes, settings, sockets,
 * capabilities. All of it is read in the network namespace of the calling thread.
 */
@NullMarked
package dev.pellucid.runtime.host.state;

import org.jspecify.annotations.NullMarked;

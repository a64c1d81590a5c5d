/**
 * The headers of the PROXY protocol, versions 1 and 2, to and from bytes. Pure functions: no
 * sockets, no state, no look-ups; they may be called on any thread. Section numbers refer to
 * HAProxy's {@code proxy-protocol.txt}.
 */
@NullMarked
package dev.pellucid.runtime.proxyprotocol;

import org.jspecify.annotations.NullMarked;

/**
 * The filters {@code sni} and {@code http-host}: they decide by the server name that a client asks
 * for, in its TLS ClientHello or in its first HTTP/1 request.
 */
@NullMarked
package dev.pellucid.plugin.servername;

import org.jspecify.annotations.NullMarked;

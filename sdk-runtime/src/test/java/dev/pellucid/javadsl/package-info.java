/** The SDK as its users see it: real clients, proxies and servers in the lab. */
@NullMarked
package dev.pellucid.javadsl;

import org.jspecify.annotations.NullMarked;

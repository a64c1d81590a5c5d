/** A transparent HTTP proxy, joined from pekko-http's layers. */
@NullMarked
package dev.pellucid.sample.transparenthttp;

import org.jspecify.annotations.NullMarked;

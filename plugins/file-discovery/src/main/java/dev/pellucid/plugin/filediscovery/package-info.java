/** The discovery {@code file}: a file lists the upstreams, and is read again when it changes. */
@NullMarked
package dev.pellucid.plugin.filediscovery;

import org.jspecify.annotations.NullMarked;

/** The balancer {@code source-hash}: a ring of hashes says which upstream a client goes to. */
@NullMarked
package dev.pellucid.plugin.sourcehash;

import org.jspecify.annotations.NullMarked;

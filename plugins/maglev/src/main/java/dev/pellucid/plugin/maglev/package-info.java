/** The balancer {@code maglev}: a Maglev table says which upstream a client goes to. */
@NullMarked
package dev.pellucid.plugin.maglev;

import org.jspecify.annotations.NullMarked;

/** The balancer {@code sticky}: a client goes to the upstream it went to before. */
@NullMarked
package dev.pellucid.plugin.sticky;

import org.jspecify.annotations.NullMarked;

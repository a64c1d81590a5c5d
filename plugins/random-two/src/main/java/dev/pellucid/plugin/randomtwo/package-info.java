/** The balancer {@code random-two}: the less loaded of two upstreams drawn at random. */
@NullMarked
package dev.pellucid.plugin.randomtwo;

import org.jspecify.annotations.NullMarked;

/** A transparent proxy of one's own, assembled from the SDK's stages. */
@NullMarked
package dev.pellucid.sample.customproxy;

import org.jspecify.annotations.NullMarked;

/** What a custom proxy is assembled from: sources, stages and sinks, and the loops they run on. */
@NullMarked
package dev.pellucid.javadsl;

import org.jspecify.annotations.NullMarked;

/** The whole proxy: configuration in, running pipelines out. */
@NullMarked
package dev.pellucid.runtime;

import org.jspecify.annotations.NullMarked;

/**
 * The benchmark: Pellucid beside its peers, in a network of namespaces, and the report about it.
 */
@NullMarked
package dev.pellucid.sample.benchmark;

import org.jspecify.annotations.NullMarked;

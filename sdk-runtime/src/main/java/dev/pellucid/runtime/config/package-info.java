/**
 * The configuration file as records: read, checked as a whole, and refused with every problem named
 * by file, line and key. Each record reads itself, and its defaults stand where it does.
 */
@NullMarked
package dev.pellucid.runtime.config;

import org.jspecify.annotations.NullMarked;

/**
 * The filters {@code connection-limit} and {@code connection-rate}: how many connections a client
 * may have, and how many it may begin.
 */
@NullMarked
package dev.pellucid.plugin.limit;

import org.jspecify.annotations.NullMarked;

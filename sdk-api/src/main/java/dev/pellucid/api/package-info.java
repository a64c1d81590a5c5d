/**
 * What travels through a transparent proxy: connections, the upstreams they are routed to, and the
 * summaries they leave behind. Plugins and custom proxies are written against this package.
 */
@NullMarked
package dev.pellucid.api;

import org.jspecify.annotations.NullMarked;

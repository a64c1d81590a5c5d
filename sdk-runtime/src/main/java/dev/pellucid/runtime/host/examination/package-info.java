/**
 * What an examination of a host is made of: what a proxy asks of the host, the checks and probes
 * that look whether it has that, and what they find.
 */
@NullMarked
package dev.pellucid.runtime.host.examination;

import org.jspecify.annotations.NullMarked;

/**
 * What a transparent proxy needs from its host: firewall rules, policy routes and sysctls. They are
 * rendered as shell commands, so that what is printed is what runs.
 *
 * <p>Commands run in the network namespace of the calling thread.
 */
@NullMarked
package dev.pellucid.runtime.host;

import org.jspecify.annotations.NullMarked;

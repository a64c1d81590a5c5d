package dev.pellucid.runtime.host.doctor;

/**
 * The host as it is while it is examined. Each part is read when a check first asks for it, in the
 * network namespace of the calling thread, and then kept: all checks see the same.
 */
final class Host {}

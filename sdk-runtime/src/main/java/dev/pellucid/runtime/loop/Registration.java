package dev.pellucid.runtime.loop;

/**
 * A descriptor's place on its loop.
 *
 * @param tag tells this registration from earlier ones of the same descriptor number
 * @param handler receives its events
 */
record Registration(int tag, EventHandler handler) {}

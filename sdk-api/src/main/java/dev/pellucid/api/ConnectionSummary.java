package dev.pellucid.api;

import java.time.Duration;
import java.util.Optional;

/**
 * What is known of a connection once it is over. Each accepted connection leaves exactly one.
 *
 * @param connection the connection, closed by now
 * @param upstream the upstream it was routed to; empty if it was refused before a choice was made
 * @param bytesFromClient bytes received from the client and passed on to the upstream
 * @param bytesFromUpstream bytes received from the upstream and passed on to the client
 * @param connectTime from acceptance until the upstream connection was established; empty if it
 *     never was
 * @param totalTime from acceptance until both legs were closed
 * @param termination who ended the connection, in which phase and why
 */
public record ConnectionSummary(
    Connection connection,
    Optional<Upstream> upstream,
    long bytesFromClient,
    long bytesFromUpstream,
    Optional<Duration> connectTime,
    Duration totalTime,
    Termination termination) {}

package dev.pellucid.runtime.stage;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;

/**
 * A listener that accepts.
 *
 * @param address where it listens
 * @param unbind stops it; the result completes once the address is free
 * @param abort ends its connections with resets
 */
public record OpenListener(
    InetSocketAddress address, Supplier<CompletionStage<Done>> unbind, Runnable abort) {}

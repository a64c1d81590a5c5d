package dev.pellucid.runtime;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/** A connection without a socket. It keeps the rules of {@link Connection#refuse}. */
public final class FakeConnection implements Connection {
  private static final AtomicLong lastId = new AtomicLong();

  private final long id = lastId.incrementAndGet();
  private final boolean intercepted;
  private final AtomicReference<@Nullable Termination> refusal = new AtomicReference<>();

  private FakeConnection(boolean intercepted) {
    this.intercepted = intercepted;
  }

  /** One whose client asked for someone else. */
  public static FakeConnection create() {
    return new FakeConnection(true);
  }

  /** One whose client asked for the proxy. */
  public static FakeConnection toTheProxy() {
    return new FakeConnection(false);
  }

  /** What is left of it once it is over. */
  public ConnectionSummary summary() {
    return new ConnectionSummary(
        this,
        Optional.empty(),
        0,
        0,
        Optional.empty(),
        Duration.ZERO,
        refusal().orElse(Termination.COMPLETED));
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Transport transport() {
    return Transport.TCP;
  }

  @Override
  public InetSocketAddress client() {
    return new InetSocketAddress("10.1.0.2", 40_000);
  }

  @Override
  public InetSocketAddress originalDestination() {
    return new InetSocketAddress("10.2.0.2", 80);
  }

  @Override
  public boolean intercepted() {
    return intercepted;
  }

  @Override
  public Instant acceptedAt() {
    return Instant.EPOCH;
  }

  @Override
  public void refuse(Termination termination) {
    refusal.compareAndSet(null, termination);
  }

  @Override
  public Flow<ByteString, ByteString, NotUsed> flow() {
    throw new UnsupportedOperationException("a fake connection has no bytes");
  }

  @Override
  public CompletionStage<ByteString> peek(int bytes, Duration limit) {
    return CompletableFuture.completedStage(ByteString.emptyByteString());
  }

  @Override
  public Optional<Termination> refusal() {
    return Optional.ofNullable(refusal.get());
  }

  @Override
  public String toString() {
    return "fake connection " + id;
  }
}

package dev.pellucid.testkit;

import dev.pellucid.api.Addresses;
import dev.pellucid.api.Attribute;
import dev.pellucid.api.Bandwidth;
import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Direction;
import dev.pellucid.api.Termination;
import dev.pellucid.api.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket, to test filters, balancers and access logs with. It keeps the
 * rules of {@link Connection#refuse}; what its client is to have sent is given beforehand.
 */
public final class FakeConnection implements Connection {
  private static final AtomicLong lastId = new AtomicLong();

  private final long id = lastId.incrementAndGet();
  private final Transport transport;
  private final InetSocketAddress client;
  private final boolean intercepted;
  private final List<ByteString> sent;
  private final Instant acceptedAt;
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicReference<@Nullable Termination> refusal = new AtomicReference<>();
  private final Map<Attribute<?>, Object> attributes = new ConcurrentHashMap<>();
  private final Map<Direction, List<Bandwidth>> limits = new ConcurrentHashMap<>();
  private final List<Consumer<Termination>> onClose = new CopyOnWriteArrayList<>();

  private FakeConnection(
      Transport transport,
      InetSocketAddress client,
      boolean intercepted,
      List<ByteString> sent,
      Instant acceptedAt) {
    this.transport = transport;
    this.client = client;
    this.intercepted = intercepted;
    this.sent = sent;
    this.acceptedAt = acceptedAt;
  }

  /** One whose client, 10.1.0.2, asked for someone else. */
  public static FakeConnection create() {
    return from("10.1.0.2:40000");
  }

  /** One of a client such as {@code 10.1.0.2:40000}. */
  public static FakeConnection from(String client) {
    return from(Addresses.parse(client));
  }

  /** One of a client. */
  public static FakeConnection from(InetSocketAddress client) {
    return new FakeConnection(Transport.TCP, client, true, List.of(), Instant.EPOCH);
  }

  /** One whose client asked for the proxy. */
  public static FakeConnection toTheProxy() {
    return new FakeConnection(
        Transport.TCP, Addresses.parse("10.1.0.2:40000"), false, List.of(), Instant.EPOCH);
  }

  /** The same, of another transport. */
  public FakeConnection with(Transport other) {
    return new FakeConnection(other, client, intercepted, sent, acceptedAt);
  }

  /**
   * The same, whose client has sent these bytes and the end of its stream.
   *
   * @param segments arrive one by one, each when someone looks for more than the ones before
   */
  public FakeConnection sending(ByteString... segments) {
    return new FakeConnection(transport, client, intercepted, List.of(segments), acceptedAt);
  }

  /** The same, accepted at another time than the epoch. */
  public FakeConnection acceptedAt(Instant time) {
    return new FakeConnection(transport, client, intercepted, sent, time);
  }

  /** Ends it: what waits for its end is told. */
  public void close(Termination termination) {
    onClose.forEach(action -> action.accept(termination));
    onClose.clear();
  }

  /** What limits a direction, in the order it was given. */
  public List<Bandwidth> limits(Direction direction) {
    return limits.getOrDefault(direction, List.of());
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
    return transport;
  }

  @Override
  public InetSocketAddress client() {
    return client;
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
    return acceptedAt;
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
  public CompletionStage<ByteString> peek(int least, int most, Duration limit) {
    return CompletableFuture.completedStage(arrived(least).take(most));
  }

  private ByteString arrived(int least) {
    while (segments().size() < least && arrived.get() < sent.size()) {
      arrived.incrementAndGet();
    }
    return segments();
  }

  private ByteString segments() {
    return sent.stream()
        .limit(arrived.get())
        .reduce(ByteString.emptyByteString(), ByteString::concat);
  }

  @Override
  public void limit(Direction direction, Bandwidth bandwidth) {
    limits.computeIfAbsent(direction, first -> new CopyOnWriteArrayList<>()).add(bandwidth);
  }

  @Override
  public <T> void set(Attribute<T> attribute, T value) {
    attributes.put(attribute, attribute.type().cast(value));
  }

  @Override
  public <T> Optional<T> get(Attribute<T> attribute) {
    return Optional.ofNullable(attribute.type().cast(attributes.get(attribute)));
  }

  @Override
  public void onClose(Consumer<Termination> action) {
    onClose.add(action);
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

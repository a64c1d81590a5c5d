package dev.pellucid.runtime.host.state;

import dev.pellucid.runtime.host.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What is read from a listing of ip(8). An odd element, such as a route for IPv4 addresses in IPv6,
 * hides no others.
 */
final class Readings<T> implements Consumer<Json> {
  private final Function<Json, T> reading;
  private final List<T> read = new ArrayList<>();
  private Optional<IllegalArgumentException> unreadable = Optional.empty();

  Readings(Function<Json, T> reading) {
    this.reading = reading;
  }

  @Override
  public void accept(Json json) {
    try {
      read.add(reading.apply(json));
    } catch (IllegalArgumentException e) {
      unreadable = Optional.of(e);
    }
  }

  int size() {
    return read.size();
  }

  /**
   * All that can be read.
   *
   * @throws IOException if nothing of what is listed can
   */
  List<T> list() throws IOException {
    if (read.isEmpty() && unreadable.isPresent()) {
      throw new IOException(
          "ip prints what cannot be read: " + unreadable.get().getMessage(), unreadable.get());
    }
    return List.copyOf(read);
  }
}

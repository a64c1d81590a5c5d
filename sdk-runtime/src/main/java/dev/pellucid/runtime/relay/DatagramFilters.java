package dev.pellucid.runtime.relay;

import dev.pellucid.api.Connection;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.runtime.linux.DatagramBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.util.ByteString;

/**
 * The datagram filters of one session.
 *
 * @param sessions in the order from the client to the upstream
 */
record DatagramFilters(List<DatagramFilter.Session> sessions) {

  static DatagramFilters create(List<DatagramFilter> filters, Connection connection) {
    List<DatagramFilter.Session> sessions = new ArrayList<>(filters.size());
    for (DatagramFilter filter : filters) {
      sessions.add(
          Objects.requireNonNull(
              filter.create(connection), "the datagram filter's session is null"));
    }
    return new DatagramFilters(sessions);
  }

  boolean isEmpty() {
    return sessions.isEmpty();
  }

  /** Filters a datagram of the client's where it is. False if it is dropped. */
  boolean fromClient(DatagramBatch batch, int index) {
    Optional<ByteString> datagram = Optional.of(ByteString.fromArrayUnsafe(batch.get(index)));
    for (int i = 0; i < sessions.size() && datagram.isPresent(); i++) {
      datagram = sessions.get(i).fromClient(datagram.get());
    }
    return put(batch, index, datagram);
  }

  /** Filters a datagram of the upstream's where it is. False if it is dropped. */
  boolean fromUpstream(DatagramBatch batch, int index) {
    Optional<ByteString> datagram = Optional.of(ByteString.fromArrayUnsafe(batch.get(index)));
    for (int i = sessions.size() - 1; i >= 0 && datagram.isPresent(); i--) {
      datagram = sessions.get(i).fromUpstream(datagram.get());
    }
    return put(batch, index, datagram);
  }

  private static boolean put(DatagramBatch batch, int index, Optional<ByteString> datagram) {
    if (datagram.isEmpty() || datagram.get().length() > DatagramBatch.MAX_DATAGRAM) {
      return false;
    }
    batch.put(index, datagram.get().toArrayUnsafe());
    return true;
  }
}

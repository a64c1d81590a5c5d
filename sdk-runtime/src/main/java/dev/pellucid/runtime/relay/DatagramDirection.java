package dev.pellucid.runtime.relay;

import dev.pellucid.api.Direction;
import dev.pellucid.runtime.linux.DatagramBatch;
import dev.pellucid.runtime.linux.Errno;

/** One direction of a session: what passes its filters and limits is sent to a leg and counted. */
final class DatagramDirection {
  /** The filters of this direction. */
  @FunctionalInterface
  interface Filtering {
    /** Filters a datagram where it is. False if it is dropped. */
    boolean passes(DatagramBatch batch, int index);
  }

  private final DatagramLeg leg;
  private final boolean filtered;
  private final Filtering filtering;
  private final Policer policer;
  private final UdpConnection connection;
  private long datagrams;
  private long bytes;
  private boolean closed;

  /**
   * A direction.
   *
   * @param from what limits it
   * @param leg where it leads
   * @param filtered whether there are filters; without any, datagrams are not looked at
   */
  DatagramDirection(
      UdpConnection connection,
      Direction from,
      DatagramLeg leg,
      boolean filtered,
      Filtering filtering) {
    this.connection = connection;
    this.policer = new Policer(connection.loop(), connection.limits(from));
    this.leg = leg;
    this.filtered = filtered;
    this.filtering = filtering;
  }

  /** Datagrams sent. */
  long datagrams() {
    return datagrams;
  }

  /** Bytes sent. */
  long bytes() {
    return bytes;
  }

  /**
   * Sends datagrams on; those above a limit or for which there is no room are dropped.
   *
   * @return 0, or the negative errno if nothing can be sent any more
   */
  int pass(DatagramBatch batch, int from, int to) {
    if (!filtered) {
      return police(batch, from, to);
    }
    for (int i = from; i < to; i++) {
      // The filter may have ended the session.
      int result = filtering.passes(batch, i) && !closed ? police(batch, i, i + 1) : 0;
      if (result < 0) {
        return result;
      }
    }
    return 0;
  }

  /** Sends what the limits let pass, as many at once as there are in a row. */
  private int police(DatagramBatch batch, int from, int to) {
    int next = from;
    for (int i = from; policer.limits() && i < to; i++) {
      if (!policer.passes(batch.length(i))) {
        connection.countDropped(1);
        int result = send(batch, next, i);
        if (result < 0) {
          return result;
        }
        next = i + 1;
      }
    }
    return send(batch, next, to);
  }

  private int send(DatagramBatch batch, int from, int to) {
    int next = from;
    while (next < to) {
      int n = leg.send(batch, next, to);
      if (n >= 0) {
        count(batch, next, next + n);
        next += n;
      } else if (dropped(-n)) {
        connection.countDropped(1);
        next++;
      } else {
        return n;
      }
    }
    return 0;
  }

  /** No room, too large for a path that does not fragment, or refused by the host's firewall. */
  private static boolean dropped(int errno) {
    return switch (errno) {
      case Errno.EAGAIN, Errno.ENOBUFS, Errno.EMSGSIZE, Errno.EPERM -> true;
      default -> false;
    };
  }

  private void count(DatagramBatch batch, int from, int to) {
    datagrams += to - from;
    for (int i = from; i < to; i++) {
      bytes += batch.length(i);
    }
  }

  /** Lets go of the leg. */
  void close() {
    closed = true;
    leg.close();
  }
}

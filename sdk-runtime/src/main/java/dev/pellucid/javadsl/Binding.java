package dev.pellucid.javadsl;

import dev.pellucid.runtime.relay.ListenerCounters;
import dev.pellucid.runtime.relay.ListenerGroup;
import dev.pellucid.runtime.stage.OpenListener;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * A listener that accepts. What it counts is counted over all copies of its graph. May be used on
 * any thread.
 */
public final class Binding {
  private final OpenListener listener;
  private final ListenerGroup group;

  Binding(OpenListener listener, ListenerGroup group) {
    this.listener = listener;
    this.group = group;
  }

  /** Where it listens; the port is the real one even if port 0 was asked for. */
  public InetSocketAddress localAddress() {
    return listener.address();
  }

  /**
   * Stops accepting and completes the stream; connections that were accepted go on. UDP sessions
   * need the listening sockets to the end: none is closed while a session of any copy is open.
   *
   * @return completes when the address is free of this listener
   */
  public CompletionStage<Done> unbind() {
    return listener.unbind().get();
  }

  /**
   * Ends the connections that this listener has accepted with resets. Their summaries are emitted
   * as usual.
   */
  public void abortConnections() {
    listener.abort().run();
  }

  /** Connections that are open now. */
  public int openConnections() {
    return group.limit().open();
  }

  /** Changes how many connections may be open; those beyond a lowered limit stay. */
  public void setMaxConnections(int maximum) {
    group.limit().setMaximum(maximum);
  }

  /** Connections accepted so far. */
  public long accepted() {
    return counters().accepted();
  }

  /**
   * Datagrams that were dropped: because there was no room for them in a queue, within the limit of
   * sessions or in a socket, because they came faster than a bandwidth limit allows, because their
   * PROXY protocol header was bad, or because the listener accepts no more.
   */
  public long droppedDatagrams() {
    return counters().dropped();
  }

  /** How often accepting paused because no descriptor was left. */
  public long acceptPauses() {
    return counters().pauses();
  }

  /**
   * How many connections have ended in each way, by {@link dev.pellucid.api.Termination}'s text,
   * for example {@code "UC refused"}.
   */
  public Map<String, Long> terminations() {
    return counters().terminations();
  }

  private ListenerCounters counters() {
    return group.counters();
  }
}

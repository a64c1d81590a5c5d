package dev.pellucid.runtime.relay;

import dev.pellucid.runtime.linux.DatagramBatch;

/** What a session's client sends goes here. */
interface DatagramReceiver {

  /**
   * Takes datagrams, or drops them. Called on the session's loop; the batch is full of something
   * else when it returns.
   *
   * @param from the first
   * @param to after the last
   */
  void onDatagrams(DatagramBatch batch, int from, int to);
}

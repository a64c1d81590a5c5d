package dev.pellucid.sample.benchmark;

import dev.pellucid.lab.LabHost;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Connections through a peer on which nothing happens. */
final class IdleConnections implements AutoCloseable {
  private static final int TRIES = 100;
  private static final int PAUSE_MILLIS = 200;

  private final RunningPeer peer;
  private final Site site;
  private final List<SocketChannel> channels = new ArrayList<>();

  IdleConnections(RunningPeer peer, Site site) {
    this.peer = peer;
    this.site = site;
  }

  /** Opens as many as are missing, and waits until the origin has accepted them all. */
  void growTo(int count) throws Exception {
    site.net().client().run(() -> open(count));
    for (int i = 0; i < TRIES && atOrigin() < count; i++) {
      Thread.sleep(PAUSE_MILLIS);
    }
    if (atOrigin() < count) {
      throw new IOException(
          "only " + atOrigin() + " of " + count + " idle connections came through");
    }
  }

  private void open(int count) throws IOException {
    while (channels.size() < count) {
      SocketChannel channel = SocketChannel.open();
      channels.add(channel);
      // To be closed by a reset, which leaves no TIME_WAIT behind.
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      channel.connect(peer.target());
    }
  }

  private long atOrigin() throws IOException, InterruptedException {
    LabHost server = site.net().server(0);
    String filter = "sport = :" + peer.lane().origin();
    return server.exec("ss", "-tnH", "state", "established", filter).lines().count();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : channels) {
      channel.close();
    }
  }
}

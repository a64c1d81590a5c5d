package dev.pellucid.sample.benchmark;

import dev.pellucid.lab.LabHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;

/**
 * The UDP server behind all peers. It answers every query with the query and some more, and answers
 * no one but the client: a peer that shows an address of its own measures nothing.
 */
final class UdpOrigin {
  /** As many bytes as a short DNS answer has. */
  static final int ANSWER_BYTES = 120;

  private UdpOrigin() {}

  static void start(Site site, List<Lane> lanes) throws Exception {
    LabHost server = site.net().server(0);
    InetAddress client = site.net().client().address();
    for (Lane lane : lanes) {
      InetSocketAddress address = server.at(lane.origin());
      DatagramChannel channel =
          site.net().closeAtEnd(server.call(() -> DatagramChannel.open().bind(address)));
      var unused = server.submit(() -> answer(channel, client));
    }
  }

  // Ends by an exception, when the channel is closed.
  private static Void answer(DatagramChannel channel, InetAddress client) throws IOException {
    ByteBuffer datagram = ByteBuffer.allocateDirect(ANSWER_BYTES);
    while (true) {
      datagram.clear();
      if (channel.receive(datagram) instanceof InetSocketAddress from
          && from.getAddress().equals(client)) {
        datagram.rewind();
        channel.send(datagram, from);
      }
    }
  }
}

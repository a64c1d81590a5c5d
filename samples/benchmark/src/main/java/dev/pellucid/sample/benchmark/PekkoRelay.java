package dev.pellucid.sample.benchmark;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.io.Inet;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Tcp;
import org.apache.pekko.util.ByteString;

/**
 * The transparent proxy that Pekko makes without Pellucid: a socket option, and a flow joined to
 * another.
 */
final class PekkoRelay {
  private static final int BACKLOG = 4096;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Iterable<Inet.SocketOption> OPTIONS = List.of(new Transparent());

  private PekkoRelay() {}

  /** Relays what reaches a port, until the process is ended. */
  public static void main(String[] arguments) throws Exception {
    ActorSystem system = ActorSystem.create("pekko-relay");
    Tcp tcp = Tcp.get(system);
    tcp.bind("0.0.0.0", Integer.parseInt(arguments[0]), BACKLOG, OPTIONS, true, Optional.empty())
        .runForeach(client -> client.handleWith(upstream(tcp, client), system), system)
        .toCompletableFuture()
        .get();
  }

  private static Flow<ByteString, ByteString, NotUsed> upstream(
      Tcp tcp, Tcp.IncomingConnection client) {
    return tcp.outgoingConnection(
            client.localAddress(),
            Optional.of(new InetSocketAddress(client.remoteAddress().getAddress(), 0)),
            OPTIONS,
            true,
            Optional.of(CONNECT_TIMEOUT),
            Optional.empty())
        .mapMaterializedValue(connection -> NotUsed.getInstance());
  }

  /** The C library's function. */
  public interface Libc {
    int setsockopt(int socket, int level, int name, Pointer value, int length);
  }

  private static final class Transparent extends Inet.AbstractSocketOptionV2 {
    private static final int SOL_IP = 0;
    private static final int IP_TRANSPARENT = 19;
    private static final int IP_BIND_ADDRESS_NO_PORT = 24;

    private final Libc libc = LibraryLoader.create(Libc.class).load("c");
    private final Pointer one = Memory.allocateDirect(Runtime.getRuntime(libc), Integer.BYTES);

    Transparent() {
      one.putInt(0, 1);
    }

    @Override
    public void beforeServerSocketBind(ServerSocket socket) {
      set(socket.getChannel());
    }

    @Override
    public void beforeConnect(Socket socket) {
      set(socket.getChannel());
    }

    private void set(SelectableChannel channel) {
      int descriptor = descriptor(channel);
      libc.setsockopt(descriptor, SOL_IP, IP_TRANSPARENT, one, Integer.BYTES);
      libc.setsockopt(descriptor, SOL_IP, IP_BIND_ADDRESS_NO_PORT, one, Integer.BYTES);
    }

    private static int descriptor(SelectableChannel channel) {
      try {
        return (int) Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal").invoke(channel);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("the JDK does not tell a channel's descriptor", e);
      }
    }
  }
}

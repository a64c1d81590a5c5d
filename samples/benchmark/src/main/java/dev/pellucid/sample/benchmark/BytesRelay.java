package dev.pellucid.sample.benchmark;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.api.Connection;
import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Binding;
import dev.pellucid.javadsl.EventLoops;
import dev.pellucid.javadsl.Interception;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.util.ByteString;

/** The transparent proxy whose bytes all pass through a stream, as in {@link PekkoRelay}. */
final class BytesRelay {
  private static final int MAX_CONNECTIONS = 20_000;
  private static final int BACKLOG = 4096;
  private static final RelaySettings AS_CLIENT =
      RelaySettings.create().withSource(SourceAddress.clientIp());

  private BytesRelay() {}

  /** Relays what reaches a port, until the process is ended. */
  public static void main(String[] arguments) {
    ActorSystem system =
        ActorSystem.create(
            "bytes-relay",
            ConfigFactory.parseString("pellucid.event-loops = 1")
                .withFallback(ConfigFactory.load()));
    TransparentTcp tcp = TransparentTcp.get(system);
    BindSettings settings =
        BindSettings.create("0.0.0.0", Integer.parseInt(arguments[0]))
            .withInterception(Interception.TPROXY)
            .withMaxConnections(MAX_CONNECTIONS)
            .withBacklog(BACKLOG);
    RunnableGraph<CompletionStage<Binding>> proxy =
        tcp.bind(settings)
            .to(Stages.handleEach(connection -> connection.flow().join(upstream(tcp, connection))));
    EventLoops.get(system)
        .runOnEach(proxy)
        .forEach(binding -> binding.toCompletableFuture().join());
  }

  private static Flow<ByteString, ByteString, ?> upstream(
      TransparentTcp tcp, Connection connection) {
    Upstream upstream = Upstream.of(connection.originalDestination());
    return tcp.outgoingConnection(connection, upstream, AS_CLIENT);
  }
}

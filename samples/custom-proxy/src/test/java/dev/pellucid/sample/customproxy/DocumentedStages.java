package dev.pellucid.sample.customproxy;

import dev.pellucid.api.SourceAddress;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.filter.ByteFilter;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.javadsl.BindSettings;
import dev.pellucid.javadsl.Interception;
import dev.pellucid.javadsl.RelaySettings;
import dev.pellucid.javadsl.Stages;
import dev.pellucid.javadsl.TransparentTcp;
import dev.pellucid.javadsl.TransparentUdp;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.util.ByteString;

/** What pages in docs show; here the compiler reads it. */
final class DocumentedStages {
  private DocumentedStages() {}

  static ConnectionFilter onlyTls() {
    // #peek
    ConnectionFilter onlyTls =
        connection ->
            Verdict.later(
                connection
                    .peek(1, Duration.ofSeconds(3))
                    .thenApply(
                        first ->
                            !first.isEmpty() && first.apply(0) == 22
                                ? Verdict.accept()
                                : Verdict.reject()));
    // #peek
    return onlyTls;
  }

  static ConnectionFilter later(Accounts accounts) {
    // #later
    ConnectionFilter knownClients =
        connection ->
            Verdict.later(
                accounts
                    .find(connection.client().getAddress())
                    .thenApply(known -> known ? Verdict.accept() : Verdict.reject()));
    // #later
    return knownClients;
  }

  interface Accounts {
    CompletionStage<Boolean> find(InetAddress client);
  }

  static RelaySettings byteFilter(ByteFilter filter) {
    // #byte-filter
    RelaySettings settings =
        RelaySettings.create().withSource(SourceAddress.clientIp()).withByteFilter(filter);
    // #byte-filter
    return settings;
  }

  static RunnableGraph<?> flow(
      TransparentTcp tcp, BindSettings listener, Upstream upstream, RelaySettings settings) {
    RunnableGraph<?> proxy =
        // #flow
        tcp.bind(listener)
            .to(
                Stages.handleEach(
                    connection ->
                        connection
                            .flow()
                            .join(tcp.outgoingConnection(connection, upstream, settings))));
    // #flow
    return proxy;
  }

  static RunnableGraph<?> datagrams(TransparentUdp udp) {
    RunnableGraph<?> server =
        // #datagrams
        udp.bind(BindSettings.create("0.0.0.0", 50053).withInterception(Interception.TPROXY))
            .to(
                Stages.handleEach(
                    session ->
                        session.flow().join(Flow.of(ByteString.class).map(Resolver::answer))));
    // #datagrams
    return server;
  }

  private static final class Resolver {
    static ByteString answer(ByteString query) {
      return query;
    }
  }
}

package dev.pellucid.runtime;

import dev.pellucid.api.Connection;
import dev.pellucid.api.ConnectionSummary;
import dev.pellucid.api.Upstream;
import dev.pellucid.api.discovery.Discovery;
import dev.pellucid.api.filter.ConnectionFilter;
import dev.pellucid.api.filter.DatagramFilter;
import dev.pellucid.api.filter.Verdict;
import dev.pellucid.api.log.AccessLog;
import dev.pellucid.api.plugin.PluginContext;
import dev.pellucid.api.plugin.PluginFactory;
import dev.pellucid.api.plugin.Settings;
import dev.pellucid.runtime.plugin.InstalledPlugin;
import dev.pellucid.runtime.plugin.PluginCatalog;
import dev.pellucid.runtime.plugin.PluginKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Plugins that write down what happens to them: the filter {@code open} (its key {@code mood} must
 * not be {@code bad}, and it fails if that is {@code broken}), the filter {@code to} (which sends
 * all to the pool of its key {@code pool}), the filters {@code bytes} and {@code datagrams} of the
 * other kinds, the balancer {@code first}, the discovery {@code feed} and the access log {@code
 * list}.
 */
final class RecordingPlugins {
  final List<String> made = new CopyOnWriteArrayList<>();
  final List<String> closed = new CopyOnWriteArrayList<>();
  final List<ConnectionSummary> summaries = new CopyOnWriteArrayList<>();

  final AtomicInteger endedStreams = new AtomicInteger();

  /** What the discoveries tell; each listens to it from its start. */
  Source<List<Upstream>, NotUsed> feed = Source.never();

  PluginCatalog catalog() {
    return new PluginCatalog(
        List.of(
            plugin(PluginKind.CONNECTION_FILTER, "open", Set.of("mood"), this::filter),
            plugin(
                PluginKind.CONNECTION_FILTER,
                "to",
                Set.of("pool"),
                (settings, context) -> sendTo(settings.text("pool", ""), context)),
            plugin(
                PluginKind.BYTE_FILTER,
                "bytes",
                Set.of(),
                (settings, context) -> connection -> BidiFlow.identity()),
            plugin(
                PluginKind.DATAGRAM_FILTER,
                "datagrams",
                Set.of(),
                (settings, context) -> connection -> new DatagramFilter.Session() {}),
            plugin(PluginKind.DISCOVERY, "feed", Set.of(), this::discovery),
            plugin(
                PluginKind.BALANCER,
                "first",
                Set.of(),
                (settings, context) -> pool -> (connection, usable) -> Optional.of(pool.get(0))),
            plugin(PluginKind.ACCESS_LOG, "list", Set.of(), this::accessLog)),
        List.of());
  }

  private ConnectionFilter filter(Settings settings, PluginContext context) {
    String mood = settings.text("mood", "good");
    if (mood.equals("bad")) {
      throw settings.bad("mood", "is bad");
    }
    if (mood.equals("broken")) {
      throw new IllegalStateException("out of order");
    }
    String name = context.listener() + " filter";
    made.add(name);
    return new ConnectionFilter() {
      @Override
      public Verdict decide(Connection connection) {
        return Verdict.accept();
      }

      @Override
      public void close() {
        closed.add(name);
      }
    };
  }

  private static ConnectionFilter sendTo(String pool, PluginContext context) {
    if (!context.pools().contains(pool)) {
      throw new IllegalStateException("no pool " + pool);
    }
    return connection -> {
      connection.set(Connection.POOL, pool);
      return Verdict.accept();
    };
  }

  private Discovery discovery(Settings settings, PluginContext context) {
    String name = context.listener() + " discovery";
    made.add(name);
    return new Discovery() {
      @Override
      public Source<List<Upstream>, NotUsed> upstreams() {
        return feed.watchTermination(
            (materialized, ended) -> {
              ended.whenComplete((done, failure) -> endedStreams.incrementAndGet());
              return materialized;
            });
      }

      @Override
      public void close() {
        closed.add(name);
      }
    };
  }

  private AccessLog accessLog(Settings settings, PluginContext context) {
    String name = context.listener() + " log";
    made.add(name);
    return new AccessLog() {
      @Override
      public void log(List<ConnectionSummary> batch) {
        summaries.addAll(batch);
      }

      @Override
      public void close() {
        closed.add(name);
      }
    };
  }

  private static <T> InstalledPlugin<T> plugin(
      PluginKind<T> kind,
      String type,
      Set<String> keys,
      BiFunction<Settings, PluginContext, T> create) {
    PluginFactory<T> factory =
        new PluginFactory<>() {
          @Override
          public String type() {
            return type;
          }

          @Override
          public String description() {
            return "Writes down what happens to it";
          }

          @Override
          public Set<String> keys() {
            return keys;
          }

          @Override
          public T create(Settings settings, PluginContext context) {
            return create.apply(settings, context);
          }
        };
    return new InstalledPlugin<>(kind, type, factory.description(), keys, "1.0", "a test", factory);
  }
}

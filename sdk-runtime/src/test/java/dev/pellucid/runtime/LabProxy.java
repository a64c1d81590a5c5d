package dev.pellucid.runtime;

import com.typesafe.config.ConfigFactory;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.config.ProxyConfig;
import dev.pellucid.runtime.host.FirewallTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;

/** A proxy in the lab that is all configuration: a listener, and the rules that are made of it. */
final class LabProxy {
  private static final int SECONDS = 60;

  private LabProxy() {}

  /** Reads a configuration with one listener. */
  static ProxyConfig config(Path folder, String listener) throws IOException {
    return ProxyConfig.load(
        Files.writeString(
            folder.resolve("web.conf"),
            "pellucid.listeners.web { access-log { type = list }\n" + listener + "\n}"));
  }

  /** Applies its rules and starts it, with the plugins of {@link RecordingPlugins}. */
  static ProxyServer start(
      LabNetwork net, FirewallTool tool, ProxyConfig config, RecordingPlugins plugins)
      throws Exception {
    net.apply(tool, net.proxy().call(() -> HostRules.of(config)));
    return net.proxy().call(() -> start(net, config, plugins));
  }

  private static ProxyServer start(LabNetwork net, ProxyConfig config, RecordingPlugins plugins)
      throws Exception {
    ActorSystem system =
        ActorSystem.create(
            "proxy",
            ConfigFactory.parseString("pellucid.event-loops = 2")
                .withFallback(ConfigFactory.load()));
    net.closeAtEnd(() -> TestKit.shutdownActorSystem(system));
    return ProxyServer.start(system, config, plugins.catalog())
        .toCompletableFuture()
        .get(SECONDS, TimeUnit.SECONDS);
  }
}

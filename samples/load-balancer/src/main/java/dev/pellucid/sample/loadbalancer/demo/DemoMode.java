package dev.pellucid.sample.loadbalancer.demo;

import com.typesafe.config.ConfigUtil;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the client's connections come to the load balancer. */
enum DemoMode {
  /** The client asks a server, and the load balancer stands in between. */
  TPROXY("a transparent load balancer", "TPROXY rules and routes") {
    @Override
    void applyRules(LabNetwork net, FirewallTool tool) throws Exception {
      net.intercept(tool, PORT, LISTENER);
    }

    @Override
    String listener() {
      return """
      address = "0.0.0.0:%d"
      intercept { mode = tproxy, ports = [%d], interfaces = [%s] }"""
          .formatted(LISTENER, PORT, ConfigUtil.quoteString(LabNetwork.CLIENT_INTERFACE));
    }

    // That there are other servers, the client cannot know.
    @Override
    InetSocketAddress asked(LabNetwork net, List<DemoServer> servers) {
      return servers.get(0).address();
    }
  },

  /** The client asks the load balancer; the servers see the client all the same. */
  REVERSE("a transparent reverse proxy", "divert rules and routes") {
    @Override
    void applyRules(LabNetwork net, FirewallTool tool) throws Exception {
      net.divert(tool);
    }

    @Override
    String listener() {
      return """
      address = "0.0.0.0:%d"
      intercept { mode = none }"""
          .formatted(PORT);
    }

    @Override
    InetSocketAddress asked(LabNetwork net, List<DemoServer> servers) {
      return net.proxy().at(PORT);
    }
  };

  /** The port that clients ask for, and that the servers have. */
  static final int PORT = 80;

  private static final int LISTENER = 50080;

  /** What the load balancer is. */
  final String title;

  /** What its host needs. */
  final String rules;

  DemoMode(String title, String rules) {
    this.title = title;
    this.rules = rules;
  }

  /** Prepares the load balancer's host. */
  abstract void applyRules(LabNetwork net, FirewallTool tool) throws Exception;

  /** The part of the configuration that says how connections come. */
  abstract String listener();

  /** Whom the client asks. */
  abstract InetSocketAddress asked(LabNetwork net, List<DemoServer> servers);

  /**
   * The mode that an option names.
   *
   * @throws IllegalArgumentException naming the modes there are, if it names none of them
   */
  static DemoMode of(String word) {
    return Arrays.stream(values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + word + "\" is neither tproxy nor reverse"));
  }
}

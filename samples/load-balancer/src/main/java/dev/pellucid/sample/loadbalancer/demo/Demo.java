package dev.pellucid.sample.loadbalancer.demo;

import static java.util.stream.Collectors.joining;

import dev.pellucid.lab.LabHost;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.HostCommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo's story, in the order in which it happens.
 *
 * @param net the hosts and cables
 * @param servers the web servers, one on each server
 * @param balancer the load balancer, on the proxy
 * @param client what sends the requests
 * @param terminal where it is told
 */
record Demo(
    LabNetwork net,
    List<DemoServer> servers,
    DemoBalancer balancer,
    DemoClient client,
    DemoTerminal terminal) {

  /** Starts everything on a network, which ends everything when it is closed. */
  static Demo build(LabNetwork net, DemoMode mode, FirewallTool tool, DemoTerminal terminal)
      throws Exception {
    terminal.done("hosts, each a network namespace: " + names(net));
    terminal.begin(mode.rules);
    mode.applyRules(net, tool);
    terminal.done(mode.rules + " on the proxy, by " + tool.command());
    List<DemoServer> servers = startServers(net);
    terminal.done("a web server on each server");
    DemoBalancer balancer = startBalancer(net, mode, servers, terminal);
    DemoClient client = DemoClient.on(net.client(), mode.asked(net, servers));
    return new Demo(net, servers, balancer, client, terminal);
  }

  private static String names(LabNetwork net) {
    return net.hosts().stream().map(LabHost::name).collect(joining(", "));
  }

  private static List<DemoServer> startServers(LabNetwork net) throws Exception {
    List<DemoServer> servers = new ArrayList<>();
    for (LabHost host : net.servers()) {
      servers.add(net.closeAtEnd(DemoServer.start(host, DemoMode.PORT)));
    }
    return servers;
  }

  private static DemoBalancer startBalancer(
      LabNetwork net, DemoMode mode, List<DemoServer> servers, DemoTerminal terminal)
      throws Exception {
    terminal.begin("the load balancer is starting");
    DemoBalancer balancer =
        DemoBalancer.start(net.proxy(), DemoBalancer.configuration(mode, servers));
    balancer.awaitReady();
    terminal.done("the load balancer on the proxy: pellucid run load-balancer.conf");
    return balancer;
  }

  /** Sends requests, one after the other. */
  DemoReport send(int requests) throws Exception {
    List<DemoAnswer> answers = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (int i = 1; i <= requests; i++) {
      terminal.begin("request " + i + " of " + requests);
      try {
        answers.add(client.ask());
      } catch (HostCommandException e) {
        failures.add(e.stderr().strip());
      } catch (IOException e) {
        failures.add(e.getMessage());
      }
    }
    terminal.done(requests + " requests from the client, by " + client.tool());
    return new DemoReport(
        net.client().address().getHostAddress(), serverNames(), answers, failures);
  }

  private List<String> serverNames() {
    return servers.stream().map(DemoServer::name).toList();
  }

  /** For {@code --keep}: how to get in, and what to try there. */
  void explainHowToLookAround() throws IOException {
    terminal.heading("It stays up until Ctrl-C. To look around from another terminal:");
    for (LabHost host : net.hosts()) {
      terminal.line("  %-8s %s".formatted(host.name(), host.enterCommand()));
    }
    terminal.line("");
    terminal.line("for example: " + net.client().enterCommand() + " " + client.example());
    terminal.line("");
    terminal.faint("the load balancer's access log:");
    balancer.onAccess(terminal::line);
  }
}

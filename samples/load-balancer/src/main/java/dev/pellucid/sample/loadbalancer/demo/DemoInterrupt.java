package dev.pellucid.sample.loadbalancer.demo;

import dev.pellucid.lab.LabNetwork;

/** Stops the demo and takes its network down when a signal ends the JVM, Ctrl-C for example. */
final class DemoInterrupt {
  private final Thread demo = Thread.currentThread();
  private final LabNetwork net;
  private final DemoTerminal terminal;
  private volatile boolean happened;

  private DemoInterrupt(LabNetwork net, DemoTerminal terminal) {
    this.net = net;
    this.terminal = terminal;
  }

  /** Watches over the calling thread. */
  static DemoInterrupt of(LabNetwork net, DemoTerminal terminal) {
    DemoInterrupt interrupt = new DemoInterrupt(net, terminal);
    Runtime.getRuntime().addShutdownHook(new Thread(interrupt::stop, "demo-end"));
    return interrupt;
  }

  // After an orderly end the network is closed already, and closing it again does nothing.
  private void stop() {
    happened = true;
    demo.interrupt();
    terminal.erase();
    try {
      net.close();
    } catch (Exception e) {
      System.err.println("pellucid: the demo did not end in order: " + e);
    }
  }

  boolean happened() {
    return happened;
  }
}

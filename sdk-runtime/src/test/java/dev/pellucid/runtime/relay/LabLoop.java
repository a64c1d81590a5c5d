package dev.pellucid.runtime.relay;

import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.loop.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** A loop on the proxy's host, and what tests do on it. */
record LabLoop(EventLoop loop) {

  static LabLoop start(LabNetwork net) throws Exception {
    EventLoop loop = net.proxy().call(() -> EventLoop.start("lab-loop"));
    net.closeAtEnd(() -> Await.result(loop.close()));
    return new LabLoop(loop);
  }

  <T> T call(Callable<T> task) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(task.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return Await.result(result);
  }

  void close(DatagramLeg leg) throws Exception {
    call(
        () -> {
          leg.close();
          return null;
        });
  }
}

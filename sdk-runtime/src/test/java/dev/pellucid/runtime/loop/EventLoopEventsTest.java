package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pellucid.runtime.Await;
import dev.pellucid.runtime.linux.Epoll;
import dev.pellucid.runtime.linux.EventFd;
import dev.pellucid.runtime.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events of descriptors; event counters serve as descriptors that are ready when told to be. */
@Timeout(30)
class EventLoopEventsTest {
  private final List<EventFd> opened = new ArrayList<>();
  private final AtomicInteger told = new AtomicInteger();
  private TestLoop test;
  private EventLoop loop;

  @BeforeEach
  void start() throws Exception {
    test = new TestLoop("tested-loop");
    loop = test.loop;
  }

  @AfterEach
  void close() throws Exception {
    test.close();
    opened.forEach(EventFd::close);
  }

  private EventFd open() throws LinuxException {
    EventFd file = EventFd.create();
    opened.add(file);
    return file;
  }

  private void close(EventFd file) {
    opened.remove(file);
    file.close();
  }

  private EventFd registered(EventHandler handler) throws Exception {
    EventFd file = open();
    test.run(() -> loop.register(file.descriptor(), Epoll.IN, handler));
    return file;
  }

  /** Has both ready before the loop looks, so that it finds them in one batch. */
  private void signalTogether(EventFd first, EventFd second) throws Exception {
    Runnable release = test.hold();
    first.signal();
    second.signal();
    release.run();
  }

  private void awaitTold(int times) throws Exception {
    Await.until(() -> "told " + told + " times", () -> told.get() >= times);
    // The batch is over when the next task runs.
    test.run(() -> {});
    assertEquals(times, told.get());
  }

  @Test
  void tellsEachEventOnce() throws Exception {
    List<Integer> seen = new ArrayList<>();
    EventFd file =
        registered(
            events -> {
              seen.add(events);
              told.incrementAndGet();
            });
    file.signal();
    awaitTold(1);
    file.signal();
    awaitTold(2);
    assertEquals(List.of(Epoll.IN, Epoll.IN), seen);
  }

  @Test
  void countsWhatIsRegistered() throws Exception {
    assertEquals(0, test.call(loop::registered));
    EventFd file = registered(events -> {});
    assertEquals(1, test.call(loop::registered));
    test.run(() -> loop.forget(file.descriptor()));
    assertEquals(0, test.call(loop::registered));
  }

  @Test
  void aHandlerThatThrowsHarmsNoOther() throws Exception {
    EventHandler failing =
        events -> {
          told.incrementAndGet();
          throw new IllegalStateException("thrown by a test's handler");
        };
    EventFd first = registered(failing);
    signalTogether(first, registered(failing));
    awaitTold(2);
    first.signal();
    awaitTold(3);
  }

  @Test
  void whatIsForgottenIsToldNothingThatWaitsAlready() throws Exception {
    EventFd[] files = new EventFd[2];
    files[0] = registered(events -> forget(files[1]));
    files[1] = registered(events -> forget(files[0]));
    signalTogether(files[0], files[1]);
    awaitTold(1);
  }

  private void forget(EventFd other) {
    told.incrementAndGet();
    loop.forget(other.descriptor());
  }

  @Test
  void theHeirOfANumberIsNotToldTheEventsOfTheOldOne() throws Exception {
    AtomicInteger heirTold = new AtomicInteger();
    EventFd[] files = new EventFd[2];
    EventFd[] heir = new EventFd[1];
    files[0] = registered(events -> heir[0] = replace(files[1], heirTold));
    files[1] = registered(events -> heir[0] = replace(files[0], heirTold));
    signalTogether(files[0], files[1]);
    awaitTold(1);
    assertEquals(0, heirTold.get(), "told of the closed one's event");
    test.run(heir[0]::signal);
    Await.until("the heir is told nothing", () -> heirTold.get() == 1);
  }

  private EventFd replace(EventFd old, AtomicInteger heirTold) {
    told.incrementAndGet();
    loop.forget(old.descriptor());
    close(old);
    try {
      EventFd heir = openNumber(old.descriptor());
      loop.register(heir.descriptor(), Epoll.IN, events -> heirTold.incrementAndGet());
      return heir;
    } catch (LinuxException e) {
      throw new AssertionError(e);
    }
  }

  /** The kernel gives the lowest free number, so one of the next few is the one. */
  private EventFd openNumber(int number) throws LinuxException {
    EventFd file;
    do {
      file = open();
    } while (file.descriptor() < number);
    assertEquals(number, file.descriptor(), "another thread has taken the number");
    return file;
  }

  @Test
  void refusesASecondHandlerOfADescriptor() throws Exception {
    EventFd file = registered(events -> told.incrementAndGet());
    test.run(
        () ->
            assertThrows(
                IllegalStateException.class,
                () -> loop.register(file.descriptor(), Epoll.IN, events -> {})));
    file.signal();
    awaitTold(1);
  }

  @Test
  void registersNothingWhenTheKernelRefuses() throws Exception {
    test.run(
        () ->
            assertThrows(
                LinuxException.class, () -> loop.register(1_000_000, Epoll.IN, events -> {})));
    assertEquals(0, test.call(loop::registered));
  }
}

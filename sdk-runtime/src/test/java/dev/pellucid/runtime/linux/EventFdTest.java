package dev.pellucid.runtime.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventFdTest {
  private EventFd counter;
  private Epoll epoll;

  @BeforeEach
  void create() throws Exception {
    counter = EventFd.create();
    epoll = Epoll.create(4);
  }

  @AfterEach
  void close() {
    epoll.close();
    counter.close();
  }

  private void watch(EventFd watched) throws LinuxException {
    epoll.add(watched.descriptor(), Epoll.IN | Epoll.EDGE_TRIGGERED, 0);
  }

  private static void onAnotherThread(Runnable action) throws InterruptedException {
    Thread thread = new Thread(action);
    thread.start();
    thread.join();
  }

  @Test
  void isQuietAtFirst() throws Exception {
    watch(counter);
    assertEquals(0, epoll.await(0));
  }

  @Test
  void aSignalOfAnotherThreadIsAnEvent() throws Exception {
    watch(counter);
    onAnotherThread(counter::signal);
    assertEquals(1, epoll.await(Loopback.PATIENCE_MILLIS));
    assertEquals(Epoll.IN, epoll.events(0));
    assertEquals(counter.descriptor(), epoll.descriptor(0));
  }

  @Test
  void everySignalIsAnEventThoughTheCounterIsNeverRead() throws Exception {
    watch(counter);
    for (int i = 0; i < 100; i++) {
      onAnotherThread(counter::signal);
      assertEquals(1, epoll.await(Loopback.PATIENCE_MILLIS));
      assertEquals(0, epoll.await(0));
    }
  }

  @Test
  void signalsThatWereNotWaitedForAreOneEvent() throws Exception {
    watch(counter);
    counter.signal();
    counter.signal();
    assertEquals(1, epoll.await(Loopback.PATIENCE_MILLIS));
    assertEquals(0, epoll.await(0));
  }

  @Test
  void aSignalAfterCloseDoesNotReachTheNextFileOfThatNumber() throws Exception {
    int number = counter.descriptor();
    counter.close();
    List<EventFd> opened = new ArrayList<>();
    try {
      EventFd heir = openUpTo(number, opened);
      watch(heir);
      counter.signal();
      assertEquals(0, epoll.await(0));
      heir.signal();
      assertEquals(1, epoll.await(Loopback.PATIENCE_MILLIS));
    } finally {
      opened.forEach(EventFd::close);
      counter = EventFd.create();
    }
  }

  /** The kernel gives the lowest free number, so one of the next few is the one. */
  private static EventFd openUpTo(int number, List<EventFd> opened) throws LinuxException {
    EventFd last;
    do {
      last = EventFd.create();
      opened.add(last);
    } while (last.descriptor() < number);
    assertEquals(number, last.descriptor(), "another thread has taken the number");
    return last;
  }
}

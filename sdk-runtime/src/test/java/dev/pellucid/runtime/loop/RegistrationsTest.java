package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RegistrationsTest {
  private final Registrations registrations = new Registrations();
  private final EventHandler first = events -> {};
  private final EventHandler second = events -> {};

  @Test
  void findsTheHandlerByDescriptorAndTag() {
    int firstTag = registrations.add(3, first);
    int secondTag = registrations.add(4, second);
    assertSame(first, registrations.find(3, firstTag));
    assertSame(second, registrations.find(4, secondTag));
    assertEquals(2, registrations.size());
  }

  @Test
  void doesNotFindTheHeirOfAReusedDescriptorByTheOldTag() {
    int old = registrations.add(3, first);
    registrations.remove(3);
    assertNull(registrations.find(3, old));
    int renewed = registrations.add(3, second);
    assertNotEquals(old, renewed);
    assertNull(registrations.find(3, old));
    assertSame(second, registrations.find(3, renewed));
  }

  @Test
  void doesNotFindAnotherDescriptorsTag() {
    registrations.add(3, first);
    int other = registrations.add(4, second);
    assertNull(registrations.find(3, other));
  }

  @Test
  void growsWithTheNumbersOfDescriptors() {
    int low = registrations.add(255, first);
    int middle = registrations.add(256, second);
    int high = registrations.add(100_000, first);
    assertSame(first, registrations.find(255, low));
    assertSame(second, registrations.find(256, middle));
    assertSame(first, registrations.find(100_000, high));
    assertEquals(3, registrations.size());
  }

  @Test
  void findsNothingBeyondWhatItHasSeen() {
    assertNull(registrations.find(1_000_000, 1));
  }

  @Test
  void removingWhatIsNotThereDoesNothing() {
    registrations.add(3, first);
    registrations.remove(4);
    registrations.remove(1_000_000);
    assertEquals(1, registrations.size());
    registrations.remove(3);
    registrations.remove(3);
    assertEquals(0, registrations.size());
  }

  @Test
  void refusesASecondHandler() {
    int tag = registrations.add(3, first);
    assertThrows(IllegalStateException.class, () -> registrations.add(3, second));
    assertSame(first, registrations.find(3, tag));
    assertEquals(1, registrations.size());
  }
}

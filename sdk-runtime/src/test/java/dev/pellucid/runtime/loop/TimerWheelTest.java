package dev.pellucid.runtime.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class TimerWheelTest {
  private static final long TICK = 1L << TimerWheel.TICK_BITS;
  private static final long TURN = 1024 * TICK;
  private static final int TIMERS = 16;

  /** What may happen to a wheel. Timers are numbered: the same number is the same timer. */
  @FunctionalInterface
  interface Step {
    void on(Simulation simulation);
  }

  record Schedule(int timer, long delay) implements Step {
    @Override
    public void on(Simulation simulation) {
      simulation.schedule(timer, delay);
    }
  }

  record Cancel(int timer) implements Step {
    @Override
    public void on(Simulation simulation) {
      simulation.cancel(timer);
    }
  }

  record Advance(long nanos) implements Step {
    @Override
    public void on(Simulation simulation) {
      simulation.advance(nanos);
    }
  }

  /** Advances to when the wheel wants to be asked again, as a loop does. */
  record Sleep() implements Step {
    @Override
    public void on(Simulation simulation) {
      simulation.sleep();
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> timer = Arbitraries.integers().between(0, TIMERS - 1);
    Arbitrary<Step> schedule = Combinators.combine(timer, delays()).as(Schedule::new);
    Arbitrary<Step> cancel = timer.map(Cancel::new);
    Arbitrary<Step> advance = pauses().map(Advance::new);
    Arbitrary<Step> sleep = Arbitraries.just(new Sleep());
    return Arbitraries.frequencyOf(
            Tuple.of(5, schedule), Tuple.of(1, cancel), Tuple.of(3, advance), Tuple.of(2, sleep))
        .list()
        .ofMaxSize(150);
  }

  /** From overdue to several turns away, often on the very edge of a tick or a turn. */
  private static Arbitrary<Long> delays() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(-2 * TICK, 20 * TICK),
        Arbitraries.longs().between(0, 5 * TURN),
        nearMultiplesOf(TICK, 4),
        nearMultiplesOf(TURN, 3));
  }

  private static Arbitrary<Long> pauses() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(0, 3 * TICK),
        Arbitraries.longs().between(0, 3 * TURN),
        nearMultiplesOf(TICK, 4),
        nearMultiplesOf(TURN, 2));
  }

  private static Arbitrary<Long> nearMultiplesOf(long unit, int most) {
    return Combinators.combine(
            Arbitraries.longs().between(1, most), Arbitraries.longs().between(-1, 1))
        .as((multiple, off) -> multiple * unit + off);
  }

  /** System.nanoTime may be negative. */
  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(-2 * TURN, 2 * TURN), nearMultiplesOf(TICK, 4));
  }

  @Property
  void firesEachTimerOnceAndInTime(
      @ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
    Simulation simulation = new Simulation(start);
    steps.forEach(step -> step.on(simulation));
    simulation.drain();
  }

  /** A wheel beside a plain map that says what has to happen. */
  static final class Simulation {
    private final List<Timer> timers = new ArrayList<>();
    private final Map<Timer, Long> deadlines = new HashMap<>();
    private final TimerWheel wheel;
    private long now;

    Simulation(long start) {
      now = start;
      wheel = new TimerWheel(start, this::fired);
      for (int i = 0; i < TIMERS; i++) {
        timers.add(new Timer(() -> {}));
      }
    }

    void schedule(int timer, long delay) {
      wheel.schedule(timers.get(timer), now + delay);
      // What is overdue already is due now.
      deadlines.put(timers.get(timer), now + Math.max(0, delay));
      check();
    }

    void cancel(int timer) {
      wheel.cancel(timers.get(timer));
      deadlines.remove(timers.get(timer));
      check();
    }

    void advance(long nanos) {
      now += nanos;
      wheel.expire(now);
      check();
    }

    void sleep() {
      long nanos = wheel.nanosToNext(now);
      if (nanos >= 0) {
        advance(nanos);
      }
    }

    private void fired(Timer timer) {
      Long deadline = deadlines.remove(timer);
      assertNotNull(deadline, "fired twice, or though it was cancelled");
      assertTrue(deadline <= now, () -> "fired " + (deadline - now) + " ns early");
    }

    private void check() {
      assertEquals(deadlines.size(), wheel.size());
      deadlines.values().forEach(deadline -> assertTrue(now - deadline < TICK, "late"));
      checkSleep();
    }

    /** A loop that sleeps as long as it is told misses no timer. */
    private void checkSleep() {
      long nanos = wheel.nanosToNext(now);
      if (deadlines.isEmpty()) {
        assertEquals(-1, nanos);
        return;
      }
      assertTrue(nanos >= 0, "sleeps forever");
      for (long deadline : deadlines.values()) {
        assertTrue(now + nanos - deadline <= TICK, "sleeps too long");
      }
    }

    /** Runs the wheel the way a loop does until all timers have fired. */
    void drain() {
      int turns = 0;
      while (!deadlines.isEmpty()) {
        sleep();
        // A far timer costs one wake-up per turn of the wheel.
        assertTrue(turns++ < TIMERS * 8, "wakes up in vain");
      }
      assertEquals(0, wheel.size());
    }
  }

  private final List<String> fired = new ArrayList<>();
  private final TimerWheel wheel = new TimerWheel(0, timer -> timer.task.run());

  private Timer named(String name) {
    return new Timer(() -> fired.add(name));
  }

  @Example
  void aFiringTimerMayCancelAnotherThatIsDue() {
    Timer victim = named("victim");
    Timer killer = new Timer(() -> wheel.cancel(victim));
    wheel.schedule(killer, TICK);
    wheel.schedule(victim, TICK);
    wheel.expire(TURN);
    assertEquals(List.of(), fired);
    assertEquals(0, wheel.size());
  }

  @Example
  void aFiringTimerMayPostponeAnotherThatIsDue() {
    Timer victim = named("victim");
    Timer postponing = new Timer(() -> wheel.schedule(victim, TURN + 5 * TICK));
    wheel.schedule(postponing, TICK);
    wheel.schedule(victim, TICK);
    wheel.expire(TURN);
    assertEquals(List.of(), fired);
    assertEquals(1, wheel.size());
    wheel.expire(TURN + 7 * TICK);
    assertEquals(List.of("victim"), fired);
  }

  @Example
  void aTimerThatSchedulesItselfAnewFiresOncePerExpiry() {
    Timer[] periodic = new Timer[1];
    periodic[0] =
        new Timer(
            () -> {
              fired.add("again");
              wheel.schedule(periodic[0], 0);
            });
    wheel.schedule(periodic[0], 0);
    wheel.expire(3 * TURN);
    assertEquals(List.of("again"), fired);
    wheel.expire(3 * TURN + TICK);
    assertEquals(List.of("again", "again"), fired);
    assertEquals(1, wheel.size());
  }

  @Example
  void timersFireInTheOrderOfTheirTicks() {
    wheel.schedule(named("third"), 900 * TICK);
    wheel.schedule(named("first"), TICK);
    wheel.schedule(named("second"), 2 * TICK);
    wheel.expire(1000 * TICK);
    assertEquals(List.of("first", "second", "third"), fired);
  }

  @Example
  void cancellingTwiceCountsOnce() {
    Timer timer = named("cancelled");
    wheel.schedule(named("kept"), TICK);
    wheel.schedule(timer, TICK);
    wheel.cancel(timer);
    wheel.cancel(timer);
    assertEquals(1, wheel.size());
    wheel.expire(TURN);
    assertEquals(List.of("kept"), fired);
  }
}

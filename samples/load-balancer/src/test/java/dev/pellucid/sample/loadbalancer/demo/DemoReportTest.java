package dev.pellucid.sample.loadbalancer.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  private static final String ASKED = "10.2.0.2:80";
  private static final String CLIENT = "10.1.0.2";
  private static final DemoAnswer BY_A = new DemoAnswer(ASKED, ASKED, "a", CLIENT);
  private static final DemoAnswer BY_B = new DemoAnswer(ASKED, ASKED, "b", CLIENT);

  private static DemoReport report(DemoAnswer... answers) {
    return new DemoReport(CLIENT, List.of("a", "b"), List.of(answers), List.of());
  }

  private static void assertProblem(String expected, DemoReport report) {
    assertEquals(1, report.problems().size(), report.problems()::toString);
    assertTrue(report.problems().get(0).contains(expected), report.problems()::toString);
  }

  @Test
  void allIsWellIfNobodyCouldTell() {
    assertEquals(List.of(), report(BY_A, BY_B).problems());
    assertEquals(List.of(), report(BY_A, BY_B, BY_A).problems());
  }

  @Test
  void aRequestWithoutAnAnswerIsAProblem() {
    DemoReport report =
        new DemoReport(CLIENT, List.of("a", "b"), List.of(BY_A, BY_B), List.of("timed out"));
    assertProblem("1 of 3 requests were not answered; the first: timed out", report);
  }

  @Test
  void noAnswerAtAllIsAProblem() {
    assertProblem("1 of 1", new DemoReport(CLIENT, List.of("a"), List.of(), List.of("refused")));
  }

  @Test
  void aClientThatSawAnotherAddressIsAProblem() {
    assertProblem(
        "had not asked for", report(BY_A, new DemoAnswer(ASKED, "10.1.0.1:80", "b", CLIENT)));
  }

  @Test
  void aServerThatSawTheProxyIsAProblem() {
    assertProblem("another address", report(BY_A, new DemoAnswer(ASKED, ASKED, "b", "10.2.0.1")));
  }

  @Test
  void anUnevenSpreadIsAProblem() {
    assertProblem("2, 0", report(BY_A, BY_A));
  }

  @Test
  void thereIsOneLineForEachThingThatWasSeen() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    report(BY_B, BY_A, BY_B).print(new DemoTerminal(out, false, false, false));
    assertEquals(
        """

          requests   client asked   client believes   answered by        server saw
                 1   10.2.0.2:80    10.2.0.2:80       a                  10.1.0.2
                 2   10.2.0.2:80    10.2.0.2:80       b                  10.1.0.2

          * the client saw only the address it asked for
          * every server saw the client's own address, 10.1.0.2
          * every request was answered, spread evenly over the servers: 1, 2

          Transparent.

        """,
        bytes.toString(UTF_8));
  }
}

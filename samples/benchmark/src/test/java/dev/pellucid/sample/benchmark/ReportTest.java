package dev.pellucid.sample.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportTest {
  private static final PeerId OURS = PeerId.subject(Role.TPROXY);
  private static final PeerId HAPROXY = new PeerId(Role.TPROXY, "HAProxy");
  private static final PeerId OURS_REVERSE = PeerId.subject(Role.REVERSE);
  private static final PeerId HAPROXY_REVERSE = new PeerId(Role.REVERSE, "HAProxy");
  private static final PeerId NGINX = new PeerId(Role.REVERSE, "nginx stream");
  private static final List<PeerId> PEERS =
      List.of(OURS, HAPROXY, OURS_REVERSE, HAPROXY_REVERSE, NGINX);

  private final Samples samples = new Samples();

  private void measured(PeerId peer, Metric metric, double... values) {
    for (int round = 0; round < values.length; round++) {
      samples.add(peer, metric, Samples.ANY, round, values[round]);
    }
  }

  private String report() {
    Environment environment = new Environment(Map.of("kernel", "6.18"));
    LocalDate day = LocalDate.of(2026, 1, 31);
    return new Report(PEERS, samples, environment, Plan.of(9, 3), 9000, day, "p.svg").toString();
  }

  @Test
  void comparesMediansAndRatios() {
    measured(OURS, Metric.REQUEST_CPU, 7.5, 8, 8.5);
    measured(HAPROXY, Metric.REQUEST_CPU, 10, 10, 10);

    assertTrue(
        report().contains("| CPU per keep-alive request, µs | 8.00 | 10.0 | 0.80 (0.75–0.85) |\n"),
        report());
  }

  @Test
  void saysWhichGoalsWereReached() {
    measured(OURS, Metric.REQUEST_CPU, 8);
    measured(HAPROXY, Metric.REQUEST_CPU, 10);
    measured(OURS, Metric.CONNECTION_CPU, 95);
    measured(HAPROXY, Metric.CONNECTION_CPU, 100);

    String report = report();

    assertTrue(report.contains("request ÷ HAProxy | 0.80 | 0.80 (0.80–0.80) | yes |"), report);
    assertTrue(report.contains("connection ÷ HAProxy | 0.90 | 0.95 (0.95–0.95) | **no** |"));
    assertTrue(report.contains("GiB ÷ best peer | 0.95 | – | not measured |"));
  }

  @Test
  void theRivalIsTheBest() {
    measured(OURS_REVERSE, Metric.GIB_CPU, 90);
    measured(HAPROXY_REVERSE, Metric.GIB_CPU, 200);
    measured(NGINX, Metric.GIB_CPU, 100);

    assertTrue(report().contains("GiB ÷ nginx stream | 0.95 | 0.90 (0.90–0.90) | yes |"));
  }

  @Test
  void udpIsComparedWithNginx() {
    measured(OURS, Metric.QUERY_CPU, 20);
    measured(OURS_REVERSE, Metric.QUERY_CPU, 16);
    measured(NGINX, Metric.QUERY_CPU, 20);

    String report = report();

    assertTrue(report.contains("| CPU per UDP query, µs | 20.0 | – | – |\n"), report);
    assertTrue(
        report.contains("| CPU per UDP query, µs | 16.0 | – | 20.0 | – | 0.80 (0.80–0.80) |"));
    assertTrue(
        report.contains("CPU per UDP query ÷ nginx stream | 0.90 | 0.80 (0.80–0.80) | yes |"));
  }

  @Test
  void whatNobodyInARoleDoesHasNoRow() {
    measured(NGINX, Metric.QUERY_CPU, 20);

    assertEquals(2, report().split("CPU per UDP query", -1).length - 1, report());
  }

  @Test
  void hidesNoFailure() {
    assertFalse(report().contains("What failed"));
    samples.fail("no answer");

    assertTrue(report().contains("## What failed\n\n- no answer"));
  }

  @Test
  void numbersHaveThreeDigits() {
    assertEquals("–", Report.number(OptionalDouble.empty()));
    assertEquals("1.23", Report.number(OptionalDouble.of(1.234)));
    assertEquals("12.3", Report.number(OptionalDouble.of(12.34)));
    assertEquals("12,345", Report.number(OptionalDouble.of(12345)));
  }

  @Test
  void theChartIsXmlWithABarForEachValue() throws Exception {
    measured(OURS, Metric.REQUEST_CPU, 8);
    measured(HAPROXY, Metric.REQUEST_CPU, 10);

    Document chart =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(new Chart(PEERS, samples).toString())));

    // The background, and three metrics for each of five peers.
    assertEquals(1 + 3 * 5, chart.getElementsByTagName("rect").getLength());
  }
}

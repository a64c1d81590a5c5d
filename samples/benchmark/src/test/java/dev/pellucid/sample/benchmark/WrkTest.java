package dev.pellucid.sample.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {
  private static final String OUTPUT =
      """
      Running 3s test @ http://10.2.0.2:8000/
        1 threads and 50 connections
        75320 requests in 3.10s, 11.92MB read
      Requests/sec:  24297.31
      Transfer/sec:      3.85MB
      """;

  @Test
  void readsWhatWasCounted() throws Exception {
    assertEquals(new Wrk(75_320, 24_297.31), Wrk.read(OUTPUT));
  }

  @Test
  void aSocketErrorIsAFailure() {
    String output = OUTPUT + "  Socket errors: connect 0, read 2, write 0, timeout 0\n";

    assertThrows(IOException.class, () -> Wrk.read(output));
  }
}

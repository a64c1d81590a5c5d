package dev.pellucid.sample.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryTest {

  @Test
  void theHeapIsAllGenerationsWithoutTheMetaspace() {
    String serial =
        """
        1234:
         def new generation   total 19648K, used 537K [0x01, 0x02, 0x03)
          eden space 17472K,   3% used [0x01, 0x02, 0x03)
         tenured generation   total 43712K, used 2345K [0x01, 0x02, 0x03)
           the space 43712K,   5% used [0x01, 0x02, 0x03, 0x04)
         Metaspace       used 3432K, committed 3648K, reserved 1056768K
          class space    used 345K, committed 448K, reserved 1048576K
        """;

    assertEquals(2882, Memory.heap(serial));
  }

  @Test
  void aRunningJvmIsAsked() throws Exception {
    Memory.collect(ProcessHandle.current());
    assertTrue(Memory.heap(ProcessHandle.current()) > 0);
  }

  @Test
  void g1HasOneLine() {
    assertEquals(
        3000, Memory.heap(" garbage-first heap   total 65536K, used 3000K [0x01, 0x02)\n"));
  }
}

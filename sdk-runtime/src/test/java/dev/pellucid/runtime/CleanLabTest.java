package dev.pellucid.runtime;

import dev.pellucid.lab.FirewallBackEnd;
import dev.pellucid.lab.Lab;
import dev.pellucid.lab.LabNetwork;
import dev.pellucid.runtime.host.examination.Depth;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where everything works, the doctor finds nothing. */
@Lab
@Timeout(60)
class CleanLabTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void interceptedTraffic(FirewallBackEnd backEnd, LabNetwork net) throws Exception {
    DoctorLab lab = DoctorLab.start(net, folder, backEnd);
    lab.assertAllFlows();
    lab.assertClean(Depth.PROBE);
  }
}

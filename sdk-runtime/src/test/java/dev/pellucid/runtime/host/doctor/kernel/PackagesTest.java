package dev.pellucid.runtime.host.doctor.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackagesTest {

  @ParameterizedTest
  @CsvSource({
    "ID=debian, apt-get update && apt-get install -y iproute2",
    "ID=linuxmint|ID_LIKE=\"ubuntu debian\", apt-get update && apt-get install -y iproute2",
    "ID=\"rocky\"|ID_LIKE=\"rhel centos fedora\", dnf install -y iproute",
    "ID=alpine, apk add iproute2",
    "ID=nixos, '# install the package iproute2'"
  })
  void installsAsTheDistributionDoes(String osRelease, String command) {
    List<String> lines = List.of(osRelease.split("\\|", -1));
    assertEquals(command, Packages.installing(lines, "iproute2", "iproute"));
  }
}

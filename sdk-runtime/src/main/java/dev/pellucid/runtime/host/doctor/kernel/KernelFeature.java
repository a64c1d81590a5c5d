package dev.pellucid.runtime.host.doctor.kernel;

import dev.pellucid.runtime.host.FirewallTool;
import dev.pellucid.runtime.host.IpFamily;
import dev.pellucid.runtime.host.examination.FindingType;
import java.util.List;
import java.util.stream.Stream;

/** What the rules ask of the kernel, with the names that it has for each tool. */
enum KernelFeature {
  TPROXY(
      FindingType.KERNEL_TPROXY,
      "Nothing else can hand traffic to the proxy with its destination untouched: the rules cannot be applied.",
      "nft_tproxy",
      "CONFIG_NFT_TPROXY",
      "xt_TPROXY",
      "CONFIG_NETFILTER_XT_TARGET_TPROXY",
      "nf_tproxy") {
    @Override
    String rule(FirewallTool tool, IpFamily family) {
      return switch (tool) {
        case NFT -> family == IpFamily.IPV4 ? "tproxy ip to :1" : "tproxy ip6 to :1";
        case IPTABLES -> "-j TPROXY --on-port 1 --tproxy-mark 1";
      };
    }
  },

  SOCKET(
      FindingType.KERNEL_SOCKET,
      "Nothing else can tell which packets belong to the proxy's sockets, such as upstreams' replies to the addresses of clients: the rules cannot be applied.",
      "nft_socket",
      "CONFIG_NFT_SOCKET",
      "xt_socket",
      "CONFIG_NETFILTER_XT_MATCH_SOCKET",
      "nf_socket") {
    @Override
    String rule(FirewallTool tool, IpFamily family) {
      return switch (tool) {
        case NFT -> "socket wildcard 0 socket transparent 1";
        case IPTABLES -> "-m socket --transparent";
      };
    }
  };

  private final FindingType missing;
  private final String purpose;
  private final String nftModule;
  private final String nftOption;
  private final String iptablesModule;
  private final String iptablesOption;
  private final String familyModule;

  KernelFeature(
      FindingType missing,
      String purpose,
      String nftModule,
      String nftOption,
      String iptablesModule,
      String iptablesOption,
      String familyModule) {
    this.missing = missing;
    this.purpose = purpose;
    this.nftModule = nftModule;
    this.nftOption = nftOption;
    this.iptablesModule = iptablesModule;
    this.iptablesOption = iptablesOption;
    this.familyModule = familyModule;
  }

  /** The part of a rule of TCP that asks for it. */
  abstract String rule(FirewallTool tool, IpFamily family);

  FindingType missing() {
    return missing;
  }

  String purpose() {
    return purpose;
  }

  /** The modules that bring it, where it is not built in. */
  List<String> modules(FirewallTool tool, List<IpFamily> families) {
    Stream<String> own = Stream.of(tool == FirewallTool.NFT ? nftModule : iptablesModule);
    Stream<String> ofFamilies =
        families.stream()
            .map(family -> familyModule + (family == IpFamily.IPV4 ? "_ipv4" : "_ipv6"));
    return Stream.concat(own, ofFamilies).toList();
  }

  /** The option to build the kernel with. */
  String option(FirewallTool tool) {
    return tool == FirewallTool.NFT ? nftOption : iptablesOption;
  }
}

package dev.pellucid.runtime.host;

/**
 * A chain of ours.
 *
 * @param table the table it is in
 * @param hook the built-in chain it is called from
 * @param name its name, which no other chain of any table has
 */
record IptablesChain(String table, String hook, String name) {

  /** Has the built-in chain call it. */
  String hooking(IpFamily family) {
    String jump = hook + " -j " + name;
    return "%1$s -C %2$s 2>/dev/null || %1$s -A %2$s".formatted(iptables(family), jump);
  }

  /** Takes it away, if it is there. */
  String removing(IpFamily family) {
    return unhooking(family) + "\n" + deleting(family);
  }

  private String unhooking(IpFamily family) {
    return """
    if %1$s '^-A %2$s -j %3$s$'; then
      %4$s -D %2$s -j %3$s
    fi"""
        .formatted(looking(family), hook, name, iptables(family));
  }

  /** Takes it away, if it is there and no other chain calls it. */
  String deleting(IpFamily family) {
    return """
    if %1$s '^:%2$s '; then
      %3$s -F %2$s
      %3$s -X %2$s
    fi"""
        .formatted(looking(family), name, iptables(family));
  }

  // Asking for the table would create it, and with the nat table connection tracking begins.
  private static String looking(IpFamily family) {
    return family.iptables + "-save 2>/dev/null | grep -q --";
  }

  private String iptables(IpFamily family) {
    return family.iptables + " -w -t " + table;
  }
}

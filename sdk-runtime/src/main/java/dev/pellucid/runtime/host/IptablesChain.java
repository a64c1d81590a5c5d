package dev.pellucid.runtime.host;

/**
 * A chain of ours.
 *
 * @param table the table it is in
 * @param hook the built-in chain it is called from; none: {@code -}
 * @param name its name, which no other chain of any table has
 */
record IptablesChain(String table, String hook, String name) {

  /** Has the built-in chain call it. */
  String hooking(IpFamily family) {
    return "%1$s -w -t %2$s -C %3$s -j %4$s 2>/dev/null || %1$s -w -t %2$s -A %3$s -j %4$s"
        .formatted(family.iptables, table, hook, name);
  }

  /** Takes it away, if it is there and no other chain calls it; needs {@link #remover}. */
  String removing() {
    return "remove %s %s %s".formatted(table, hook, name);
  }

  /**
   * The shell function {@code remove TABLE HOOK CHAIN}. Asking for a table would create it, and
   * with the nat table connection tracking begins: so it looks with {@code iptables-save}.
   */
  static String remover(IpFamily family) {
    return """
    newline='
    '
    saved=$newline$(%1$s-save 2>/dev/null || :)$newline
    remove() {
      case $saved in *"$newline-A $2 -j $3$newline"*)
        while %1$s -w -t "$1" -C "$2" -j "$3" 2>/dev/null; do %1$s -w -t "$1" -D "$2" -j "$3"; done ;;
      esac
      case $saved in *"$newline:$3 "*)
        %1$s -w -t "$1" -F "$3"
        %1$s -w -t "$1" -X "$3"
        echo "%1$s chain $3: removed" ;;
      esac
    }"""
        .formatted(family.iptables);
  }
}

package dev.pellucid.runtime.host;

/**
 * Where apply notes what it is about to change, for remove to restore: comments of rules in a chain
 * that nothing calls. They live and die with the kernel's settings that they are about, need no
 * file, and are there although the process that wrote them was killed.
 *
 * @param note the shell function {@code note KEY VALUE CHANGED}, which notes a key once: its value,
 *     and the digits that it may be afterwards
 * @param list the shell command that writes {@code KEY VALUE CHANGED} for each note, in their order
 * @param forget the shell function {@code forget KEY VALUE CHANGED}, which takes one note away
 * @param forgetAll the shell command that takes all of them away
 */
record Notes(String note, String list, String forget, String forgetAll) {

  static Notes nft(RuleNames names) {
    String table = names.table() + "_saved";
    return new Notes(
        """
        note() {
          nft list table inet %1$s 2>/dev/null | grep -qF "\\"$1=" || nft -f - <<END
        add table inet %1$s
        add chain inet %1$s notes
        add rule inet %1$s notes return comment "$1=$2=$3"
        END
        }"""
            .formatted(table),
        "nft list table inet %s 2>/dev/null | sed -n 's/.*comment \"\\(.*\\)=\\(.*\\)=\\(.*\\)\"$/\\1 \\2 \\3/p'"
            .formatted(table),
        """
        forget() {
          nft delete rule inet %1$s notes handle \
            "$(nft -a list table inet %1$s | sed -n "s|.*comment .$1=$2=$3. # handle ||p")"
        }"""
            .formatted(table),
        """
        if nft list table inet %1$s >/dev/null 2>&1; then
          nft delete table inet %1$s
        fi"""
            .formatted(table));
  }

  static Notes iptables(IpFamily family, RuleNames names) {
    IptablesChain chain = new IptablesChains(names).saved();
    return new Notes(
        """
        note() {
          %1$s-save 2>/dev/null | grep -q '^:%2$s ' || %1$s -w -t mangle -N %2$s
          %1$s-save 2>/dev/null | grep -qF -- "$1=" || %1$s -w -t mangle -A %2$s -m comment --comment "$1=$2=$3"
        }"""
            .formatted(family.iptables, chain.name()),
        "%s-save 2>/dev/null | sed -n 's/^-A %s .*--comment \"\\{0,1\\}\\([^\" ]*\\)=\\([^\" ]*\\)=\\([^\" ]*\\).*/\\1 \\2 \\3/p'"
            .formatted(family.iptables, chain.name()),
        """
        forget() {
          %1$s -w -t mangle -D %2$s -m comment --comment "$1=$2=$3"
        }"""
            .formatted(family.iptables, chain.name()),
        IptablesChain.remover(family) + "\n" + chain.removing());
  }

  Notes withForgetAll(String command) {
    return new Notes(note, list, forget, command);
  }
}

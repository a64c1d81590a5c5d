package dev.pellucid.runtime.host;

/**
 * The kernel settings of one family that the rules need. All of them are switches, so what apply
 * changes, it changes from 0 to 1.
 *
 * @param family the version of IP
 * @param rules what they are for
 */
record Sysctls(IpFamily family, Rules rules) {

  /** The command that notes and sets what is needed, if anything may be. */
  String setting(Notes notes) {
    return switch (family) {
      case IPV4 -> setting(notes, ACCEPT_LOCAL + (bypassed() ? FORWARDING : ""));
      case IPV6 -> bypassed() ? setting(notes, FORWARDING_6) : "";
    };
  }

  private boolean bypassed() {
    return rules.handedOver(family).stream()
        .anyMatch(intercept -> intercept.onProxyDown() == OnProxyDown.BYPASS);
  }

  private static String setting(Notes notes, String settings) {
    return """
    # Kernel settings. What one was is noted before it is set, so that removing the rules restores it.
    %s
    switch_on() {
      [ "$(cat "/proc/sys/net/$1")" = 0 ] || return 0
      [ -w "/proc/sys/net/$1" ] || { echo "/proc/sys/net/$1 cannot be set here" >&2; exit 1; }
      note "$1" 0
      [ $# = 1 ] || "$2"
      echo 1 >"/proc/sys/net/$1"
      echo "/proc/sys/net/$1: from 0 to 1"
    }
    note_if_not() {
      value=$(cat "$1")
      [ "$value" = "$2" ] || note "${1#/proc/sys/net/}" "$value"
    }
    """
            .formatted(notes.note())
        + settings.stripTrailing();
  }

  private static final String ACCEPT_LOCAL =
      """
      # Where src_valid_mark is set, as some VPN clients do, the reverse path check follows the mark, too,
      # finds that marked packets would be delivered to this host, and drops them as if they had its own
      # source address. accept_local in the same place ends that check.
      for file in /proc/sys/net/ipv4/conf/*/src_valid_mark; do
        [ "$(cat "$file")" = 0 ] || {
          place=${file%/src_valid_mark}
          switch_on "${place#/proc/sys/net/}/accept_local"
        }
      done
      """;

  private static final String FORWARDING =
      """
      # What passes the proxy by while it is down (on-proxy-down = bypass) has to be forwarded. The kernel
      # switches other settings along with that one: those that it would not switch back are noted.
      along() {
        note_if_not /proc/sys/net/ipv4/conf/all/accept_redirects 1
        for file in /proc/sys/net/ipv4/conf/*/forwarding; do
          note_if_not "$file" 0
        done
      }
      switch_on ipv4/ip_forward along
      """;

  private static final String FORWARDING_6 =
      """
      # What passes the proxy by while it is down (on-proxy-down = bypass) has to be forwarded. The kernel
      # switches other settings along with that one: those that it would not switch back are noted.
      along() {
        for file in /proc/sys/net/ipv6/conf/*/forwarding; do
          note_if_not "$file" 0
        done
      }
      switch_on ipv6/conf/all/forwarding along
      """;

  /** The command that restores what notes tell of, and forgets them. */
  static String restoring(Notes notes) {
    return """
    # Gives kernel settings that applying has changed the values that were noted, and forgets them. What
    # is neither 0 nor 1 by now is somebody else's choice, and stays.
    %s |
    while read -r key value; do
      file=/proc/sys/net/$key
      now=$(cat "$file" 2>/dev/null || echo gone)
      case $now in
        "$value") ;;
        0 | 1)
          echo "$value" >"$file"
          echo "$file: from $now to $value"
          ;;
        *) echo "$file: is $now, left alone" ;;
      esac
    done
    %s"""
        .formatted(notes.list(), notes.forget());
  }
}

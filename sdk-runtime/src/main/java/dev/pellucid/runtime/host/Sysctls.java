package dev.pellucid.runtime.host;

/**
 * The kernel settings of one family that the rules need.
 *
 * @param family the version of IP
 * @param rules what they are for
 */
record Sysctls(IpFamily family, Rules rules) {

  /** The command that notes and sets what is needed, if anything may be. */
  String setting(Notes notes) {
    return switch (family) {
      case IPV4 -> setting(notes, REVERSE_PATH + (bypassed() ? FORWARDING : ""));
      case IPV6 -> bypassed() ? setting(notes, FORWARDING_6) : "";
    };
  }

  /** Whether something is to pass the proxy by, and so has to be forwarded. */
  boolean bypassed() {
    return rules.handedOver(family).stream()
        .anyMatch(intercept -> intercept.onProxyDown() == OnProxyDown.BYPASS);
  }

  private static String setting(Notes notes, String settings) {
    return """
    # Kernel settings. What one was is noted before it is set, so that removing the rules restores it.
    %s
    raise() {
      now=$(cat "/proc/sys/net/$1")
      [ "$now" -lt "$2" ] || return 0
      [ -w "/proc/sys/net/$1" ] || { echo "/proc/sys/net/$1 cannot be set here" >&2; exit 1; }
      note "$1" "$now" "$3"
      [ $# = 3 ] || "$4"
      echo "$2" >"/proc/sys/net/$1"
      echo "/proc/sys/net/$1: from $now to $2"
    }
    note_if_not() {
      value=$(cat "$1")
      [ "$value" = "$2" ] || note "${1#/proc/sys/net/}" "$value" 01
    }
    """
            .formatted(notes.note())
        + settings.stripTrailing();
  }

  private static final String REVERSE_PATH =
      """
      # Where src_valid_mark is set, as some VPN clients do, the reverse path check follows the mark, too,
      # finds that marked packets would be delivered to this host, and drops them as if they had its own
      # source address. accept_local in the same place ends that; a strict rp_filter has to become loose.
      for place in /proc/sys/net/ipv4/conf/*; do
        name=${place#/proc/sys/net/}
        [ "$(cat "$place/src_valid_mark")" = 0 ] || raise "$name/accept_local" 1 01
        case ${name##*/} in all | default | lo) continue ;; esac
        follows=$(cat "${place%/*}/all/src_valid_mark" "$place/src_valid_mark")
        filters=$(cat "${place%/*}/all/rp_filter" "$place/rp_filter")
        case $follows/$filters in
          *2*) ;;
          *1*/*1*) raise "$name/rp_filter" 2 2 ;;
        esac
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
      raise ipv4/ip_forward 1 01 along
      """;

  private static final String FORWARDING_6 =
      """
      # What passes the proxy by while it is down (on-proxy-down = bypass) has to be forwarded. A host that
      # forwards loses the default routes that routers have told it, unless accept_ra is 2.
      [ "$(cat /proc/sys/net/ipv6/conf/all/forwarding)" != 0 ] ||
        for file in /proc/sys/net/ipv6/conf/*/accept_ra; do
          case $file in */all/* | */default/*) continue ;; esac
          [ "$(cat "$file")" != 1 ] || raise "${file#/proc/sys/net/}" 2 2
        done
      # The kernel switches other settings along with that one: those that it would not switch back are noted.
      along() {
        for file in /proc/sys/net/ipv6/conf/*/forwarding; do
          note_if_not "$file" 0
        done
      }
      raise ipv6/conf/all/forwarding 1 01 along
      """;

  /** The command that restores what notes tell of, and forgets them. */
  static String restoring(Notes notes) {
    return """
    # Gives kernel settings that applying has changed the values that were noted, and forgets them. What
    # has yet another value by now is somebody else's choice, and stays.
    %s
    %s |
    while read -r key value changed; do
      restore "$key" "$value" "$changed"
    done
    %s"""
        .formatted(RESTORE, notes.list(), notes.forgetAll());
  }

  /** The command that restores the settings of a family for what passes the proxy by. */
  String restoringForwarding(Notes notes) {
    return """
    # Gives %2$s settings that an earlier configuration needed for on-proxy-down = bypass, and this one does
    # not, the values that were noted. Without such a note, nothing is done.
    %1$s
    %3$s
    noted=$(%4$s)
    echo "$noted" |
    while read -r key value changed; do
      case $key in %5$s/ip_forward | %5$s/*/forwarding | %5$s/*/accept_redirects | %5$s/*/accept_ra)
        restore "$key" "$value" "$changed"
        forget "$key" "$value" "$changed" ;;
      esac
    done"""
        .formatted(RESTORE, family.label(), notes.forget(), notes.list(), family.nfproto);
  }

  private static final String RESTORE =
      """
      restore() {
        file=/proc/sys/net/$1
        now=$(cat "$file" 2>/dev/null || echo gone)
        case $now in
          "$2") ;;
          [$3])
            echo "$2" >"$file"
            echo "$file: from $now to $2"
            ;;
          *) echo "$file: is $now, left alone" ;;
        esac
      }"""
          .stripIndent();
}

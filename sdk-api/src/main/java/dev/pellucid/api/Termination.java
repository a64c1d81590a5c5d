package dev.pellucid.api;

/**
 * How a connection ended: who ended it, in which phase, and why. {@link #code()} gives the first
 * two as two letters, as HAProxy's termination states do; {@code --} is an orderly end.
 *
 * @param party who ended it
 * @param phase the phase it was in
 * @param cause why
 */
public record Termination(Party party, Phase phase, Cause cause) {

  /** Both sides sent everything and closed. */
  public static final Termination COMPLETED =
      new Termination(Party.NONE, Phase.COMPLETED, Cause.FINISHED);

  /** Who ended a connection. */
  public enum Party {
    /** Nobody in particular: both sides closed in order. */
    NONE('-'),
    /** The client. */
    CLIENT('C'),
    /** The upstream, or the network on the way to it. */
    UPSTREAM('U'),
    /** The proxy itself: a filter, a limit, a timer, a lack of resources. */
    PROXY('P');

    private final char letter;

    Party(char letter) {
      this.letter = letter;
    }

    /** The letter that stands for it in {@link Termination#code()}. */
    public char letter() {
      return letter;
    }
  }

  /** The phase a connection was in when it ended. */
  public enum Phase {
    /** After everything was relayed. */
    COMPLETED('-'),
    /** Accepted, in the hands of filters and the balancer. */
    ROUTE('R'),
    /** The connection to the upstream was being established. */
    CONNECT('C'),
    /** Both directions were open. */
    DATA('D'),
    /** One side had sent its end of stream, the other had not. */
    HALF_CLOSED('H'),
    /** Nothing had moved in either direction for as long as the idle timeout. */
    IDLE('I');

    private final char letter;

    Phase(char letter) {
      this.letter = letter;
    }

    /** The letter that stands for it in {@link Termination#code()}. */
    public char letter() {
      return letter;
    }
  }

  /** Why a connection ended. */
  public enum Cause {
    /** Everything was sent. */
    FINISHED("finished"),
    /** A reset was received. */
    RESET("reset"),
    /** The upstream refused the connection. */
    REFUSED("refused"),
    /** There was no way to the upstream. */
    UNREACHABLE("unreachable"),
    /** A time limit ran out. */
    TIMEOUT("timeout"),
    /** The connection did not begin with the PROXY protocol header that is asked for. */
    BAD_PROXY_HEADER("bad-proxy-header"),
    /** A filter rejected the connection. */
    REJECTED("rejected"),
    /** The balancer found no usable upstream. */
    NO_UPSTREAM("no-upstream"),
    /** The asked-for source address or port could not be used. */
    SOURCE_UNAVAILABLE("source-unavailable"),
    /** The asked-for source address and the upstream's are not of one version of IP. */
    FAMILY_MISMATCH("family-mismatch"),
    /** The process or the host had no file descriptor left. */
    OUT_OF_DESCRIPTORS("out-of-descriptors"),
    /** It was silent for longest, and another needed its place. */
    EVICTED("evicted"),
    /** The proxy stopped. */
    STOPPED("stopped"),
    /** Something failed that should not have; the process log has the details. */
    FAILED("failed");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    /** The word the access log prints. */
    public String text() {
      return text;
    }
  }

  /** Two letters: the party and the phase, for example {@code UC} or {@code --}. */
  public String code() {
    return new String(new char[] {party.letter, phase.letter});
  }

  @Override
  public String toString() {
    return code() + " " + cause.text;
  }
}

package dev.pellucid.api;

import org.apache.pekko.stream.StreamTcpException;

/**
 * The failure of a stream whose connection has ended out of order, was reset for example. It tells
 * of the network, not of code, and has no stack trace.
 */
public final class ConnectionException extends StreamTcpException {
  private static final long serialVersionUID = 1;

  private final transient Termination termination;

  /**
   * Describes the end of a connection.
   *
   * @param message what happened
   * @param termination who ended the connection, in which phase and why
   */
  public ConnectionException(String message, Termination termination) {
    super(message);
    this.termination = termination;
  }

  /** Who ended the connection, in which phase and why. */
  public Termination termination() {
    return termination;
  }
}

package dev.pellucid.runtime.relay;

/** What has taken a connection over and will close its socket. */
interface ConnectionOwner {

  /** Ends the connection with resets, because the proxy stops. Called on the connection's loop. */
  void abort();
}

package dev.pellucid.runtime.relay;

import dev.pellucid.api.Termination.Cause;

/** What has taken a connection over and will close its socket. */
interface ConnectionOwner {

  /** Ends the connection with resets. Called on the connection's loop. */
  void abort(Cause cause);
}

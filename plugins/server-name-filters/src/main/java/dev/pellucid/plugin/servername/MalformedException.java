package dev.pellucid.plugin.servername;

/** Bytes break the rules of their protocol. It costs little to throw: there may be many. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1;

  MalformedException() {
    super(null, null, false, false);
  }

  /** Throws it unless something is so. */
  static void unless(boolean so) throws MalformedException {
    if (!so) {
      throw new MalformedException();
    }
  }
}

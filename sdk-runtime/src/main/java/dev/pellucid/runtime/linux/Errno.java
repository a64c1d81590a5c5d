package dev.pellucid.runtime.linux;

import java.util.Map;

/** The error numbers Pellucid tells apart, as on all of Linux's current architectures. */
public final class Errno {
  public static final int ENOENT = 2;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int EPIPE = 32;
  public static final int EPERM = 1;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int ENFILE = 23;
  public static final int EMFILE = 24;
  public static final int EMSGSIZE = 90;
  public static final int ENOPROTOOPT = 92;
  public static final int ENODATA = 61;
  public static final int EOPNOTSUPP = 95;
  public static final int EADDRINUSE = 98;
  public static final int EADDRNOTAVAIL = 99;
  public static final int ENETUNREACH = 101;
  public static final int ECONNABORTED = 103;
  public static final int ECONNRESET = 104;
  public static final int ENOBUFS = 105;
  public static final int ENOMEM = 12;
  public static final int ENOTCONN = 107;
  public static final int ETIMEDOUT = 110;
  public static final int ECONNREFUSED = 111;
  public static final int EHOSTUNREACH = 113;
  public static final int EINPROGRESS = 115;

  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(ENOENT, "ENOENT"),
          Map.entry(ENOPROTOOPT, "ENOPROTOOPT"),
          Map.entry(ENODATA, "ENODATA"),
          Map.entry(EOPNOTSUPP, "EOPNOTSUPP"),
          Map.entry(EINTR, "EINTR"),
          Map.entry(EAGAIN, "EAGAIN"),
          Map.entry(EPIPE, "EPIPE"),
          Map.entry(EPERM, "EPERM"),
          Map.entry(EACCES, "EACCES"),
          Map.entry(EINVAL, "EINVAL"),
          Map.entry(ENFILE, "ENFILE"),
          Map.entry(EMFILE, "EMFILE"),
          Map.entry(EMSGSIZE, "EMSGSIZE"),
          Map.entry(EADDRINUSE, "EADDRINUSE"),
          Map.entry(EADDRNOTAVAIL, "EADDRNOTAVAIL"),
          Map.entry(ENETUNREACH, "ENETUNREACH"),
          Map.entry(ECONNABORTED, "ECONNABORTED"),
          Map.entry(ECONNRESET, "ECONNRESET"),
          Map.entry(ENOBUFS, "ENOBUFS"),
          Map.entry(ENOMEM, "ENOMEM"),
          Map.entry(ENOTCONN, "ENOTCONN"),
          Map.entry(ETIMEDOUT, "ETIMEDOUT"),
          Map.entry(ECONNREFUSED, "ECONNREFUSED"),
          Map.entry(EHOSTUNREACH, "EHOSTUNREACH"),
          Map.entry(EINPROGRESS, "EINPROGRESS"));

  private Errno() {}

  /** The name and the C library's text, for example {@code EADDRINUSE (Address already in use)}. */
  public static String describe(int errno) {
    return NAMES.getOrDefault(errno, "errno " + errno) + " (" + LibC.C.strerror(errno) + ")";
  }

  /** Whether the process or the host has run out of descriptors or of memory for another. */
  public static boolean outOfDescriptors(int errno) {
    return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
  }
}

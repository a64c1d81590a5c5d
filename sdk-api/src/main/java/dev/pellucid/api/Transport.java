package dev.pellucid.api;

/** The transport protocol of a connection. */
public enum Transport {
  /** A TCP connection. */
  TCP,
  /** A UDP session: the datagrams of one client towards one original destination. */
  UDP
}

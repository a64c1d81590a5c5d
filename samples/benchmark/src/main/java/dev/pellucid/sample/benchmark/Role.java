package dev.pellucid.sample.benchmark;

/** What a peer is measured as; peers are compared within a role. */
enum Role {
  TPROXY("Transparent proxy (TPROXY)"),
  REVERSE("Reverse proxy that shows the client's address"),
  SDK("Proxies written with an SDK");

  private final String title;

  Role(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Whether the kernel hands it the connections that clients make to servers. */
  boolean intercepts() {
    return this != REVERSE;
  }
}

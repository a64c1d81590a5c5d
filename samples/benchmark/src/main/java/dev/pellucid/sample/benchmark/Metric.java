package dev.pellucid.sample.benchmark;

/** What is measured. */
enum Metric {
  REQUEST_CPU("CPU per keep-alive request", "µs"),
  CONNECTION_CPU("CPU per new connection", "µs"),
  GIB_CPU("CPU per GiB", "ms"),
  REQUEST_RATE("requests per second", "1/s"),
  CONNECTION_RATE("connections per second", "1/s"),
  LATENCY_P50("latency, p50", "µs"),
  LATENCY_P99("latency, p99", "µs"),
  QUERY_CPU("CPU per UDP query", "µs"),
  QUERY_RATE("UDP queries per second", "1/s"),
  IDLE_MEMORY("memory with idle connections", "KiB"),
  IDLE_HEAP("live heap with idle connections", "KiB"),
  IDLE_REQUEST_CPU("CPU per request beside idle connections", "µs"),
  CONCURRENT_REQUEST_CPU("CPU per request, by connections", "µs");

  private final String title;
  private final String unit;

  Metric(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  String title() {
    return title;
  }

  String unit() {
    return unit;
  }
}

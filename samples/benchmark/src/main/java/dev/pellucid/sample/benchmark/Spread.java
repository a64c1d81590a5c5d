package dev.pellucid.sample.benchmark;

import java.util.Collection;
import java.util.Collections;
import java.util.Locale;

/** The median of some ratios, and how far they are apart. */
record Spread(double median, double min, double max) {

  static Spread of(Collection<Double> values) {
    return new Spread(Statistics.median(values), Collections.min(values), Collections.max(values));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median, min, max);
  }
}

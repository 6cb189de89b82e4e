// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.time.Duration;

/**
 * What the nouns count, as Prometheus text, with series of your own beside them.
 *
 * <p>Nouns are added under a name, which becomes their series' label {@code name}; a name not
 * empty, and none that another of the kind has. They are kept alive until they are removed. Safe
 * from every thread.
 */
public final class Metrics extends NativeResource {
  /** What to serve {@link #render} as. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** A number that only grows. */
  public final class Counter {
    private final int id;

    private Counter(int id) {
      this.id = id;
    }

    /** Adds 1. */
    public void increment() {
      increment(1);
    }

    /**
     * Adds.
     *
     * @param by at least 0
     */
    public void increment(long by) {
      Status.check(raw.increment(id, by), "by is negative: ", by);
    }
  }

  /** A number that goes up and down. */
  public final class Gauge {
    private final int id;

    private Gauge(int id) {
      this.id = id;
    }

    /**
     * Sets it.
     *
     * @param value any number
     */
    public void set(double value) {
      Status.check(raw.set(id, value), "value");
    }
  }

  /** Latencies, counted by their size. */
  public final class Histogram {
    private final int id;

    private Histogram(int id) {
      this.id = id;
    }

    /**
     * Counts one.
     *
     * @param latency at least 0
     */
    public void observe(Duration latency) {
      observeNanos(Bytes.nanos(latency, "latency"));
    }

    /**
     * Counts one.
     *
     * @param nanos in ns, at least 0
     */
    public void observeNanos(long nanos) {
      Status.check(raw.observe(id, nanos), "latency is negative, in ns: ", nanos);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawDecision;
import java.util.OptionalInt;

/**
 * A decision of an {@link AutoScaler}, and its reason.
 *
 * @param sequence its number; of a hold that repeats, the number of the one that is kept
 * @param atNanos when, in ns of the autoscaler's clock
 * @param previous the instances before
 * @param desired the instances from now on
 * @param action what it does
 * @param reason why
 * @param metric the metric that decided, or null
 * @param value what was seen; NaN where the reason has none
 * @param threshold what it was held against; NaN where the reason has none
 * @param reactive what the metrics asked for, before limits
 * @param predicted what the forecast asked for, before limits; empty without a forecast
 * @param forecast requests a minute expected; NaN without a forecast
 * @param text one line, as "up 2 -&gt; 4: cpu_utilization 93 is over 70"
 */
public record Decision(
    long sequence,
    long atNanos,
    int previous,
    int desired,
    ScaleAction action,
    ScaleReason reason,
    ScaleMetric metric,
    double value,
    double threshold,
    int reactive,
    OptionalInt predicted,
    double forecast,
    String text) {
  static Decision read(RawDecision raw) {
    try {
      int metric = raw.metric();
      int predicted = raw.predicted();
      return new Decision(
          raw.sequence(),
          raw.at(),
          raw.previous(),
          raw.desired(),
          ScaleAction.of(raw.action()),
          ScaleReason.of(raw.reason()),
          metric == Constants.OG_NONE ? null : ScaleMetric.of(metric),
          raw.value(),
          raw.threshold(),
          raw.reactive(),
          predicted == Constants.OG_NONE ? OptionalInt.empty() : OptionalInt.of(predicted),
          raw.forecast(),
          raw.text());
    } finally {
      raw.retire();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawDecision;
import java.util.Objects;
import java.util.Optional;

/**
 * How many instances a service should run, and why. It decides; you start and stop them.
 *
 * <p>Feed it metrics as they come, ask for a decision as often as you like. {@code NaN} says that a
 * value is missing, which is not zero; a negative or infinite one is an {@link
 * InvalidArgumentException}. With {@code predictor} seasonal or linear it also provides for the
 * load that it expects. Methods ending in {@code At} are given the time of its clock in ns. Safe
 * from every thread.
 */
public final class AutoScaler extends NativeResource {
  /**
   * Past request rates, so that the predictor is warm from the start.
   *
   * @param atNanos when, oldest first; before the clock's start negative
   * @param requestRates requests a minute then, {@code NaN} for those that are missing
   * @return how many were taken
   */
  public long learn(long[] atNanos, double[] requestRates) {
    Objects.requireNonNull(atNanos, "atNanos");
    Objects.requireNonNull(requestRates, "requestRates");
    if (atNanos.length != requestRates.length) {
      throw new IllegalArgumentException(
          "requestRates has " + requestRates.length + " entries for " + atNanos.length + " times");
    }
    long taken = raw.learn(atNanos, requestRates, atNanos.length);
    if (taken == Constants.OG_UNSUPPORTED) {
      throw OutgrowException.of(
          (int) taken, "predictor is none: nothing to learn for", "predictor");
    }
    return Status.check(taken, "a metric is negative, infinite or above 1e15");
  }

  // A count is an order: none is made up.
  private static int known(int count, long now) {
    return count < 0 ? known(count, "the time is out of range: " + now) : count;
  }

  private static int known(int count, String blame) {
    if (count == Constants.OG_NONE) {
      throw OutgrowException.of(
          count,
          "how many instances run is unknown: initialInstances or setInstances says it",
          "initial_instances");
    }
    return Status.check(count, blame);
  }

  private static Optional<Decision> kept(RawDecision decision) {
    return decision == null ? Optional.empty() : Optional.of(Decision.read(decision));
  }

  /** There is no decision while it is unknown how many run. */
  private static Decision explained(RawDecision decision) {
    if (decision == null) known(Constants.OG_NONE, "");
    return Decision.read(decision);
  }
}

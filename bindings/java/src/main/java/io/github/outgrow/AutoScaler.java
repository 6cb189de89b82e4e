// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawAutoscaler;
import io.github.outgrow.raw.RawDecision;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

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
  private static final String BAD_METRIC = "a metric is negative, infinite or above 1e15";

  final RawAutoscaler raw;

  AutoScaler(RawAutoscaler raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make one.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Metrics of this moment; {@code NaN} for those that are missing.
   *
   * @param cpuUtilization per cent, mean of the serving instances
   * @param memoryUtilization per cent, likewise
   * @param requestRate requests a minute, all instances together
   * @param responseTime milliseconds
   * @param errorRate per cent of requests
   */
  public void observe(
      double cpuUtilization,
      double memoryUtilization,
      double requestRate,
      double responseTime,
      double errorRate) {
    Status.check(
        raw.observe(cpuUtilization, memoryUtilization, requestRate, responseTime, errorRate),
        BAD_METRIC);
  }

  /**
   * Metrics of a given moment; {@code NaN} for those that are missing.
   *
   * @param cpuUtilization per cent, mean of the serving instances
   * @param memoryUtilization per cent, likewise
   * @param requestRate requests a minute, all instances together
   * @param responseTime milliseconds
   * @param errorRate per cent of requests
   * @param now the time in ns
   */
  public void observeAt(
      double cpuUtilization,
      double memoryUtilization,
      double requestRate,
      double responseTime,
      double errorRate,
      long now) {
    Status.check(
        raw.observeAt(cpuUtilization, memoryUtilization, requestRate, responseTime, errorRate, now),
        BAD_METRIC);
  }

  /**
   * One metric alone, where they come from different places.
   *
   * @param metric which
   * @param value in the metric's unit
   */
  public void observe(ScaleMetric metric, double value) {
    Status.check(
        raw.observeMetric(Objects.requireNonNull(metric, "metric").code, value), BAD_METRIC);
  }

  /**
   * One metric of a given moment alone.
   *
   * @param metric which
   * @param value in the metric's unit
   * @param now the time in ns
   */
  public void observeAt(ScaleMetric metric, double value, long now) {
    Status.check(
        raw.observeMetricAt(Objects.requireNonNull(metric, "metric").code, value, now), BAD_METRIC);
  }

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
    return Status.check(taken, BAD_METRIC);
  }

  /**
   * Decides.
   *
   * @return the instances to run from now on; {@link #setInstances} tells it otherwise
   * @throws OutgrowException until {@code initialInstances} or {@link #setInstances} has said how
   *     many run
   */
  public int decide() {
    return known(raw.decide(), "");
  }

  /**
   * Decides at a given time.
   *
   * @param now the time in ns
   * @return the instances to run from now on
   */
  public int decideAt(long now) {
    int count = raw.decideAt(now);
    return count < 0 ? known(count, "the time is out of range: " + now) : count;
  }

  // A count is an order: none is made up.
  private static int known(int count, String blame) {
    if (count == Constants.OG_NONE) {
      throw OutgrowException.of(
          count,
          "how many instances run is unknown: initialInstances or setInstances says it",
          "initial_instances");
    }
    return Status.check(count, blame);
  }

  /**
   * Decides, and says why.
   *
   * @return the decision
   * @throws OutgrowException until it is known how many run
   */
  public Decision explain() {
    return explained(raw.explain());
  }

  /**
   * Decides at a given time, and says why.
   *
   * @param now the time in ns
   * @return the decision
   */
  public Decision explainAt(long now) {
    return explained(raw.explainAt(now));
  }

  /** There is no decision while it is unknown how many run. */
  private static Decision explained(RawDecision decision) {
    if (decision == null) known(Constants.OG_NONE, "");
    return Decision.read(decision);
  }

  /**
   * The instances as last decided or set.
   *
   * @return how many
   * @throws OutgrowException while it is unknown
   */
  public int instances() {
    return known(raw.instances(), "");
  }

  /**
   * What actually runs or is starting, at the start and whenever it differs.
   *
   * @param count 0 to 1000000
   */
  public void setInstances(int count) {
    Status.check(raw.setInstances(count), "count is not 0 to 1000000: ", count);
  }

  /**
   * How many of them serve: metrics from here on speak for so many.
   *
   * @param count 0 to 1000000
   */
  public void setReady(int count) {
    Status.check(raw.setReady(count), "count is not 0 to 1000000: ", count);
  }

  /**
   * Requests a minute expected {@code horizon_ms} from now.
   *
   * @return at least 0; empty without a predictor, until it is warm, or when metrics have been
   *     silent
   */
  public OptionalDouble forecast() {
    return forecast(raw.forecast());
  }

  /**
   * Requests a minute expected {@code horizon_ms} from a given time.
   *
   * @param now the time in ns
   * @return at least 0; empty without a predictor, until it is warm, or when metrics have been
   *     silent
   */
  public OptionalDouble forecastAt(long now) {
    return forecast(raw.forecastAt(now));
  }

  private static OptionalDouble forecast(double rate) {
    if (rate == Constants.OG_NONE) return OptionalDouble.empty();
    if (rate < 0) Status.check((long) rate, "the time is out of range");
    return OptionalDouble.of(rate);
  }

  /**
   * The number of the oldest decision that is kept.
   *
   * @return from 0
   */
  public long historyFirst() {
    return raw.historyFirst();
  }

  /**
   * The number after the newest decision that is kept.
   *
   * @return from 0
   */
  public long historyEnd() {
    return raw.historyEnd();
  }

  /**
   * A decision that is kept.
   *
   * @param sequence its number
   * @return the decision, or empty when it is not kept
   */
  public Optional<Decision> history(long sequence) {
    RawDecision kept = raw.history(sequence);
    return kept == null ? Optional.empty() : Optional.of(Decision.read(kept));
  }

  /** Makes an {@link AutoScaler}. */
  public static final class Builder extends AutoScalerOptions<Builder> {
    private Clock clock;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given. A manual one counts from the Unix epoch.
     *
     * @param clock the autoscaler keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it.
     *
     * @return an autoscaler, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public AutoScaler build() {
      return new AutoScaler(create(config -> RawAutoscaler.create(config, Clock.raw(clock))));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawClock;
import java.time.Duration;

/**
 * Nanoseconds that never step back, from an arbitrary start. Builders that take a clock use the
 * system's when none is given; what is built keeps its clock. Safe from every thread.
 */
public final class Clock extends NativeResource {
  final RawClock raw;
  private final boolean manual;

  private Clock(RawClock raw, boolean manual) {
    super(raw);
    this.raw = raw;
    this.manual = manual;
  }

  /**
   * The time stamp counter where it is invariant, held to the monotonic clock; else that clock.
   *
   * @return a clock, the caller's to close
   */
  public static Clock system() {
    return new Clock(RawClock.createSystem(), false);
  }

  /**
   * The kernel's monotonic clock, read each time.
   *
   * @return a clock, the caller's to close
   */
  public static Clock monotonic() {
    return new Clock(RawClock.createMonotonic(), false);
  }

  /**
   * The kernel tick's time: the cheapest, 1 to 10 ms coarse.
   *
   * @return a clock, the caller's to close
   */
  public static Clock coarse() {
    return new Clock(RawClock.createCoarse(), false);
  }

  /**
   * Stands until it is moved: for tests and replay.
   *
   * @param startNanos where it stands at first, at least 0
   * @return a clock, the caller's to close
   */
  public static Clock manual(long startNanos) {
    return new Clock(RawClock.createManual(startNanos), true);
  }

  /**
   * Moves a manual clock; it does not move back.
   *
   * @param nanos to this time in ns
   */
  public void set(long nanos) {
    Status.check(raw.set(nanos), "only a manual clock can be set, and not back: ", nanos);
  }

  /**
   * Moves a manual clock on.
   *
   * @param by by how much, at least 0
   */
  public void advance(Duration by) {
    Status.check(
        raw.advance(Bytes.nanos(by, "by")),
        "only a manual clock can be advanced, and not back: " + by);
  }

  static RawClock raw(Clock clock) {
    return clock == null ? null : clock.raw;
  }

  static boolean isManual(Clock clock) {
    return clock != null && clock.manual;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawClock;
import java.time.Duration;

/**
 * Nanoseconds that never step back, from an arbitrary start. Builders that take a clock use the
 * system's when none is given; what is built keeps its clock. Safe from every thread.
 */
public final class Clock extends NativeResource {
  final RawClock raw;
  private final boolean manual;

  Clock(RawClock raw) {
    super(raw);
    this.raw = raw;
    this.manual = raw.advance(0) == Constants.OG_OK; // no other clock is moved
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
   * Moves a manual clock; it does not move back.
   *
   * @param to to this time since its start at 0
   */
  public void set(Duration to) {
    set(Bytes.nanos(to, "to"));
  }

  /**
   * A clock that stands until it is moved: for tests and replay.
   *
   * @param start where it stands at first
   * @return it, the caller's to close
   */
  public static Clock manual(Duration start) {
    return manual(Bytes.nanos(start, "start"));
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

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A turn to come, as {@link RateLimiter#reserveSlot} gives it.
 *
 * @param waitNanos 0 when it was reserved, else how many ns it would have had to wait
 * @param afterNanos in how many ns its turn is, 0 for at once
 * @param number which turn it is, for {@link RateLimiter#cancelSlot}
 */
public record Slot(long waitNanos, long afterNanos, long number) {
  static Slot of(long wait, long[] said) {
    return new Slot(wait, said[0], said[1]);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Whether a request passed all of its limits, and if not, which has it wait the longest: {@link
 * RateLimiter#tryAcquireAll}.
 *
 * @param waitNanos 0 when it passed, else ns until it would; {@link RateLimiter#NEVER}
 * @param which the part that was denied, by its number among those given; -1 when it passed
 */
public record AllAdmission(long waitNanos, int which) {
  /**
   * Whether it passed.
   *
   * @return true when every part was taken; else none was
   */
  public boolean passed() {
    return waitNanos == 0;
  }
}

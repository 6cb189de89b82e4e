// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A decision of a {@link RateLimiter}, and where the key stands after it.
 *
 * @param waitNanos 0 when it passed, else the wait in ns
 * @param limit what the key may take at once
 * @param remaining what it may take now
 * @param resetAfterNanos in how many ns all of it is there again
 */
public record RateLimit(long waitNanos, long limit, long remaining, long resetAfterNanos) {
  static RateLimit of(long wait, long[] said) {
    return new RateLimit(wait, said[0], said[1], said[2]);
  }

  /**
   * Whether it passed.
   *
   * @return whether so
   */
  public boolean passed() {
    return waitNanos == 0;
  }

  /**
   * What HTTP's header Retry-After says of the wait: whole seconds, rounded up.
   *
   * @return such as {@code "30"}; {@code "0"} when it passed
   */
  public String retryAfterHeader() {
    return Long.toString(RejectedException.wholeSeconds(waitNanos));
  }

  /**
   * What HTTP's header RateLimit-Reset says: when all of it is there again, in whole seconds,
   * rounded up.
   *
   * @return such as {@code "60"}
   */
  public String resetHeader() {
    return Long.toString(RejectedException.wholeSeconds(resetAfterNanos));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a {@link RateLimiter} reserved: settled once, with what it took. Closed without that it is
 * cancelled. Safe from every thread.
 */
public final class Reservation implements AutoCloseable {
  private static final long ENDED = 0;

  private final RateLimiter limiter;
  private final byte[] key;
  private final AtomicLong number;

  Reservation(RateLimiter limiter, byte[] key, long number) {
    this.limiter = limiter;
    this.key = key;
    this.number = new AtomicLong(number);
  }

  /**
   * Says what it took: what was not used comes back, what is more is taken be it there or not.
   * Where the reservation's time was over, all of it is charged. A second settlement does nothing.
   *
   * @param actual how much it took, at least 0
   * @return whether the reservation still stood
   */
  public boolean settle(long actual) {
    if (actual < 0) throw new InvalidArgumentException("actual is negative: " + actual, "");
    long settled = number.getAndSet(ENDED);
    if (settled == ENDED) return false;
    boolean stood = limiter.settle(settled, actual);
    if (!stood) limiter.charge(key, actual);
    return stood;
  }

  /**
   * It did not happen: it took nothing.
   *
   * @return whether the reservation still stood
   */
  public boolean cancel() {
    long cancelled = number.getAndSet(ENDED);
    return cancelled != ENDED && limiter.cancel(cancelled);
  }

  /** Cancels it, unless it was settled. */
  @Override
  public void close() {
    cancel();
  }
}

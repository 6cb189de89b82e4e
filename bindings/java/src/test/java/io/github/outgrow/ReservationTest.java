// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReservationTest {
  private final Clock clock = Clock.manual(0);
  private final RateLimiter limiter =
      RateLimiter.builder().rate("10/10s").maxDebt(10).reservations(4).clock(clock).build();

  private long left() {
    return limiter.standing("k").remaining();
  }

  @Test
  void isSettledOnce() {
    try (Reservation reserved = limiter.reserve("k", 6)) {
      RateLimitedException refused =
          assertThrows(RateLimitedException.class, () -> limiter.reserve("k", 7));
      assertEquals(Duration.ofSeconds(3), refused.retryAfter());
      assertThrows(InvalidArgumentException.class, () -> reserved.settle(-1));
      assertTrue(reserved.settle(2));
      assertFalse(reserved.settle(9));
    }
    assertEquals(8, left());
  }

  @Test
  void closedWithoutThatItIsCancelled() {
    limiter.reserve("k", 6).close();
    assertEquals(10, left());
    assertEquals(0, limiter.stat(RateLimiterStat.RESERVED));
    assertEquals(1, limiter.stat(RateLimiterStat.SETTLED));
  }

  @Test
  void lateItIsCharged() {
    byte[] key = {'k'};
    Reservation reserved = limiter.reserve(key, 6, Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(2));
    assertFalse(reserved.settle(4));
    assertEquals(6, left());
  }
}

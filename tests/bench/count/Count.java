// SPDX-License-Identifier: Apache-2.0

import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Clock;
import io.github.outgrow.RateLimiter;

/** Count CALL ROUNDS CALLS: see run.sh. */
public final class Count {
  private static int acquire(RateLimiter limiter, String key) {
    int passed = 0;
    for (int i = 0; i < 500; ++i) if (limiter.tryAcquire(key)) ++passed;
    return passed;
  }

  private static int acquire(RateLimiter limiter, byte[] key) {
    int passed = 0;
    for (int i = 0; i < 500; ++i) if (limiter.tryAcquire(key)) ++passed;
    return passed;
  }

  private static int pass(CircuitBreaker breaker) {
    int passed = 0;
    for (int i = 0; i < 500; ++i) if (breaker.exit(breaker.enter(), true)) ++passed;
    return passed;
  }

  public static void main(String[] args) {
    int rounds = Integer.parseInt(args[1]), calls = Integer.parseInt(args[2]), passed = 0;
    String key = "abcdefgh";
    byte[] bytes = key.getBytes();
    try (Clock clock = Clock.manual(0);
        RateLimiter limiter = RateLimiter.builder().rate("100000000/s").clock(clock).build();
        CircuitBreaker breaker = CircuitBreaker.builder().clock(clock).build()) {
      for (int round = 0; round < rounds; ++round) {
        for (int i = 0; i < calls; i += 500) {
          if (args[0].equals("limiter")) passed += acquire(limiter, key);
          else if (args[0].equals("bytes")) passed += acquire(limiter, bytes);
          else passed += pass(breaker);
        }
        Clock.manual(0).close();
      }
    }
    System.exit(passed == rounds * calls ? 0 : 1);
  }
}

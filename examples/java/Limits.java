// SPDX-License-Identifier: Apache-2.0

import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.CircuitOpenException;
import io.github.outgrow.Clock;
import io.github.outgrow.RateLimit;
import io.github.outgrow.RateLimiter;
import java.io.IOException;
import java.time.Duration;

/**
 * What a service lets in, and what it lets out: a rate for each client, a breaker on a dependency.
 */
final class Limits {
  public static void main(String[] arguments) throws Exception {
    try (Clock clock = Clock.manual(0)) { // a real service leaves the clock out
      rates(clock);
      failedLogins(clock);
      circuit(clock);
    }
  }

  private static void rates(Clock clock) {
    try (RateLimiter limiter = RateLimiter.builder().rate("3/min").clock(clock).build()) {
      for (int i = 1; i <= 4; ++i) {
        RateLimit answer = limiter.tryAcquireDetailed("alice", 1);
        System.out.printf(
            "request %d: %s, %d left%n",
            i,
            answer.passed() ? "passes" : "again in " + answer.waitNanos() / 1_000_000_000 + " s",
            answer.remaining());
      }
      System.out.println("bob: " + limiter.tryAcquire("bob"));
      clock.advance(Duration.ofSeconds(20));
      System.out.println("alice, 20 s later: " + limiter.tryAcquire("alice"));
    }
  }

  /** Only logins that fail count: one that succeeds is given back. */
  private static void failedLogins(Clock clock) {
    try (RateLimiter attempts = RateLimiter.builder().rate("2/15min").clock(clock).build()) {
      for (String password : new String[] {"right", "wrong", "right", "wrong", "wrong"}) {
        if (!attempts.tryAcquire("bob")) {
          System.out.println("login: too many failed");
        } else if (password.equals("right")) {
          attempts.giveBack("bob", 1);
          System.out.println("login: welcome");
        } else {
          System.out.println("login: wrong password");
        }
      }
    }
  }

  private static void circuit(Clock clock) throws Exception {
    try (CircuitBreaker breaker =
        CircuitBreaker.builder()
            .failureThreshold(2)
            .open("30s")
            .successThreshold(1)
            .clock(clock)
            .build()) {
      for (int i = 1; i <= 3; ++i) {
        try {
          breaker.call(
              () -> {
                throw new IOException("the database is down");
              });
        } catch (IOException e) {
          System.out.println("call " + i + ": " + e.getMessage());
        } catch (CircuitOpenException e) {
          System.out.println(
              "call " + i + ": not tried, again in " + e.retryAfter().toSeconds() + " s");
        }
      }
      clock.advance(Duration.ofSeconds(30));
      System.out.println(
          "call 4: " + breaker.call(() -> "the database is up") + ", " + breaker.state());
    }
  }
}

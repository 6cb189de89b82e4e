// SPDX-License-Identifier: Apache-2.0

import io.github.outgrow.Clock;
import io.github.outgrow.HttpLimit;
import io.github.outgrow.RateLimiter;
import java.time.Duration;
import java.util.Map;

/** An API whose keys have plans: what a customer pays for is the rate that the key has. */
final class Plans {
  /** As the program knows them from its database. */
  private static final Map<String, String> CUSTOMERS =
      Map.of("key-of-ann", "pro", "key-of-monitoring", "exempt", "key-that-leaked", "blocked");

  public static void main(String[] arguments) {
    try (Clock clock = Clock.manual(0); // a real service leaves the clock out
        RateLimiter limiter =
            RateLimiter.builder()
                .rate("2/s") // of a key without a plan
                .plans("pro=10/s:20, partner=100/s")
                .clock(clock)
                .build();
        HttpLimit http = HttpLimit.builder().build(limiter)) {
      CUSTOMERS.forEach(limiter::setPlan);
      for (String key :
          new String[] {"a-free-key", "key-of-ann", "key-of-monitoring", "key-that-leaked"}) {
        System.out.printf("%s (%s): %d of 50 pass%n", key, limiter.plan(key), passed(limiter, key));
      }

      // Ann buys more. She has used all of her 20, and so all of her 100: there is no burst for
      // free.
      limiter.setPlan("key-of-ann", "partner");
      System.out.println("ann, a partner now: " + passed(limiter, "key-of-ann"));
      clock.advance(Duration.ofMillis(500));
      System.out.print(http.fields("key-of-ann", Duration.ZERO, new byte[0]));
      System.out.println("half a second later: " + passed(limiter, "key-of-ann"));

      // What all partners may do changes while the program runs.
      limiter.reconfigure(o -> o.plans("pro=10/s:20, partner=200/s"));
      clock.advance(Duration.ofMillis(500));
      System.out.println("at 200 a second: " + passed(limiter, "key-of-ann"));
    }
  }

  private static int passed(RateLimiter limiter, String key) {
    int passed = 0;
    for (int i = 0; i < 50; ++i) {
      passed += limiter.tryAcquire(key) ? 1 : 0;
    }
    return passed;
  }
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.RateLimiter;
import io.github.outgrow.Scope;

/**
 * Asks 8 times of the limit in the segment that the property names, and says how often it passed.
 */
public final class AskAsWorker {
  private AskAsWorker() {}

  public static void main(String[] arguments) {
    int passed = 0;
    try (Scope scope = Scope.host(System.getProperty("segment"));
        RateLimiter limiter = RateLimiter.builder().rate("10/h").scope(scope, "logins").build()) {
      for (int i = 0; i < 8; ++i) passed += limiter.tryAcquire("alice") ? 1 : 0;
    }
    System.out.println(passed);
  }
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.AllAdmission;
import io.github.outgrow.RateLimiter;
import java.util.List;

/** Operations of vectors that no table says. */
final class ByHand {
  private ByHand() {}

  static Object limiterAll(RateLimiter limiter, Step step, long now) {
    List<String> keys = step.texts("keys");
    long[] costs = step.has("costs") ? step.wholes("costs") : null;
    RateLimiter.Part[] parts = new RateLimiter.Part[keys.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = limiter.part(keys.get(i), costs == null ? 1 : costs[i]);
    }
    AllAdmission said =
        step.timeGiven()
            ? RateLimiter.tryAcquireAllAt(now, parts)
            : RateLimiter.tryAcquireAll(parts);
    return Answers.map(
        "wait",
        Answers.waitWord(said.waitNanos()),
        "which",
        said.passed() ? null : (long) said.which());
  }
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Cache;
import io.github.outgrow.Lookup;
import java.util.Map;

final class CacheOwn {
  private CacheOwn() {}

  static Object copy(CacheDriver driver, Step step, long now) {
    byte[] into = new byte[(int) step.integer("capacity", 0)];
    long size = driver.cache.copy(step.text("key", ""), into);
    if (size < 0) return size == Cache.ABSENT ? "absent" : "miss";
    int fits = (int) Math.min(size, into.length);
    return Map.of("size", size, "bytes", new String(into, 0, fits, UTF_8));
  }

  static Object lease(CacheDriver driver, Step step, long now) {
    Lookup<String> seen = driver.cache.getOrLease(step.text("key", ""));
    if (seen.lease() > 0) driver.held.put(step.text("as", ""), seen.lease());
    boolean hit = seen.outcome() == Lookup.Outcome.FOUND;
    return Answers.map(
        "outcome",
        hit ? "hit" : Answers.word(seen.outcome()),
        "value",
        seen.value(),
        "wait_ms",
        seen.waitNanos() / 1_000_000);
  }
}

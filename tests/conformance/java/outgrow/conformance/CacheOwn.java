// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Cache;
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
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Cache;
import io.github.outgrow.CacheStat;
import io.github.outgrow.Clock;
import io.github.outgrow.Codec;
import io.github.outgrow.Lookup;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

final class CacheDriver implements Driver {
  private final Cache<String, String> cache;
  private final Map<String, Long> leases = new HashMap<>();

  CacheDriver(Step vector, Clock clock) {
    cache =
        vector
            .object("config")
            .options(Cache.builder())
            .clock(clock)
            .build(Codec.text(), Codec.text());
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    String key = step.text("key", "");
    String value = step.text("value", "");
    Duration ttl = step.has("ttl_ms") ? Duration.ofMillis(step.integer("ttl_ms", 0)) : null;
    long lease = leases.getOrDefault(step.text("lease", ""), 0L);
    switch (step.op()) {
      case "set":
        long weight = step.integer("weight", 0);
        return Words.orInvalid(
            () ->
                Words.of(
                    weight > 0
                        ? cache.setWeighted(key, value, ttl, weight)
                        : cache.set(key, value, ttl)));
      case "set_absent":
        return Words.of(cache.setAbsent(key, ttl));
      case "get":
        return found(cache.lookup(key));
      case "get_many":
        return cache.lookupMany(step.texts("keys")).stream().map(CacheDriver::found).toList();
      case "copy":
        return copy(key, (int) step.integer("capacity", 0));
      case "lease":
        return lease(key, step.text("as", ""));
      case "fill":
        return Words.orInvalid(() -> Words.of(cache.fill(key, lease, value, ttl)));
      case "fill_absent":
        return Words.orInvalid(() -> Words.of(cache.fillAbsent(key, lease, ttl)));
      case "give_up":
        return Words.settled(() -> cache.giveUp(key, lease));
      case "delete":
        return cache.delete(key) ? "ok" : "miss";
      case "clear":
        return Words.done(cache::clear);
      case "stat":
        return cache.stat(CacheStat.valueOf(step.text("name", "").toUpperCase(Locale.ROOT)));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private static Object found(Lookup<String> found) {
    return found.outcome() == Lookup.Outcome.FOUND
        ? Map.of("value", found.value())
        : Words.of(found.outcome());
  }

  private Object copy(String key, int capacity) {
    byte[] into = new byte[capacity];
    long size = cache.copy(key, into);
    if (size < 0) return size == Cache.ABSENT ? "absent" : "miss";
    return Map.of(
        "size", size, "bytes", new String(into, 0, (int) Math.min(size, capacity), UTF_8));
  }

  private Map<String, Object> lease(String key, String as) {
    Lookup<String> found = cache.getOrLease(key);
    if (found.lease() > 0) leases.put(as, found.lease());
    Map<String, Object> out = new HashMap<>();
    out.put("outcome", found.outcome() == Lookup.Outcome.FOUND ? "hit" : Words.of(found.outcome()));
    out.put("value", found.value());
    out.put("wait_ms", found.waitNanos() / 1_000_000);
    return out;
  }

  @Override
  public void close() {
    cache.close();
  }
}

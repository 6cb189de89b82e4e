// SPDX-License-Identifier: Apache-2.0
package catalogue;

import io.github.outgrow.Cache;
import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.CircuitOpenException;
import io.github.outgrow.Codec;
import io.github.outgrow.Metrics;
import io.github.outgrow.RateLimiter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The items, for clients within their rate: cached for a second, loaded once, through a breaker.
 */
final class Catalogue implements AutoCloseable {
  private static final Codec<Long> ID =
      Codec.of(
          id -> ByteBuffer.allocate(Long.BYTES).putLong(id).array(),
          bytes -> ByteBuffer.wrap(bytes).getLong());

  private final Database database;
  private final RateLimiter limiter;
  private final CircuitBreaker breaker;
  private final Cache<Long, byte[]> cache;
  private final Metrics metrics;

  Catalogue(Database database, String rate) {
    this.database = database;
    limiter = RateLimiter.builder().rate(rate).build();
    breaker = CircuitBreaker.builder().failureThreshold(3).open(Duration.ofSeconds(1)).build();
    cache = Cache.builder().ttl("1s").negativeTtl("1s").build(ID, Codec.bytes());
    metrics = Metrics.builder().build();
    metrics.add("clients", limiter);
    metrics.add("database", breaker);
    metrics.add("items", cache);
  }

  Reply item(byte[] client, String text) {
    long wait = limiter.tryAcquireNanos(client, 1);
    if (wait != 0) return Reply.later(429, "too many requests", Duration.ofNanos(wait));
    long id;
    try {
      if (!text.matches("[0-9]+")) throw new NumberFormatException(text);
      id = Long.parseLong(text);
    } catch (NumberFormatException e) {
      return Reply.error(400, "an id is a whole number");
    }
    AtomicBoolean missed = new AtomicBoolean();
    try {
      byte[] json =
          cache.get(
              id,
              key -> {
                missed.set(true);
                return breaker.call(() -> database.item(key));
              });
      return json == null
          ? Reply.error(404, "no such item")
          : Reply.item(json, missed.get() ? "miss" : "hit");
    } catch (CircuitOpenException e) {
      return Reply.later(503, "the database is resting", e.retryAfter());
    } catch (Exception e) {
      return Reply.error(502, "the database failed");
    }
  }

  Reply metrics() {
    return Reply.text(200, Metrics.CONTENT_TYPE, metrics.render());
  }

  @Override
  public void close() {
    metrics.close();
    cache.close();
    breaker.close();
    limiter.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Batch;
import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.Clock;
import io.github.outgrow.Codec;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.Found;
import io.github.outgrow.Lookup;
import io.github.outgrow.Store;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class CachedStoreOwn {
  private final ToldStore told = new ToldStore();
  private final Map<String, Batch> batches = new HashMap<>();

  private static CachedStoreOwn of(CachedStoreDriver driver) {
    return (CachedStoreOwn) driver.own;
  }

  static void open(CachedStoreDriver driver, Step vector, Clock clock) {
    CachedStoreOwn own = new CachedStoreOwn();
    Step options = vector.object("setup").object("cache");
    driver.own = own;
    driver.cache = options.options(Cache.builder()).clock(clock).build(Codec.text(), Codec.text());
    driver.store = Store.of(own.told, clock);
    driver.cachedStore =
        vector.object("config").options(CachedStore.builder()).build(driver.cache, driver.store);
  }

  /** What a vector leaves unwritten is no error of the vector's. */
  static void close(CachedStoreDriver driver) {
    of(driver).batches.values().forEach(Batch::close);
    driver.cachedStore.closeWrites(Duration.ZERO);
  }

  static Object get(CachedStoreDriver driver, Step step, long now) throws Exception {
    return Answers.orStatus(
        () -> {
          Found<String> found = driver.cachedStore.find(step.text("key"));
          return Answers.map("value", found.value(), "from", Answers.word(found.source()));
        });
  }

  static Object take(CachedStoreDriver driver, Step step, long now) {
    Optional<Batch> batch = driver.cachedStore.takeBatch();
    if (batch.isEmpty()) return List.of();
    of(driver).batches.put(step.text("as"), batch.get());
    return batch.get().writes().stream()
        .map(
            write ->
                Arrays.asList(text(write.key()), write.isDelete() ? null : text(write.value())))
        .toList();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  static Object done(CachedStoreDriver driver, Step step, long now) {
    Batch batch = of(driver).batches.get(step.text("batch"));
    if (batch == null) return "ok"; // an empty one
    if (step.text("result").equals("ok")) batch.done();
    else batch.failed(ErrorCode.STORE);
    return "ok";
  }

  static Object dead(CachedStoreDriver driver, Step step, long now) {
    return driver.cachedStore.deadLetters().stream()
        .map(l -> Arrays.asList(l.key(), l.value(), l.attempts(), l.reason().number()))
        .toList();
  }

  static Object cached(CachedStoreDriver driver, Step step, long now) {
    Lookup<String> found = driver.cache.lookup(step.text("key"));
    return found.outcome() == Lookup.Outcome.FOUND ? found.value() : Answers.word(found.outcome());
  }

  static Object lease(CachedStoreDriver driver, Step step, long now) {
    long lease = driver.cache.getOrLease(step.text("key")).lease();
    driver.held.put(step.text("as"), lease);
    return lease > 0 ? "lease" : "none";
  }

  static Object row(CachedStoreDriver driver, Step step, long now) {
    return of(driver).told.rows.get(step.text("key"));
  }

  static Object put(CachedStoreDriver driver, Step step, long now) {
    of(driver).told.rows.put(step.text("key"), step.text("value"));
    return "ok";
  }

  static Object fail(CachedStoreDriver driver, Step step, long now) {
    of(driver).told.how = step.text("how");
    return "ok";
  }
}

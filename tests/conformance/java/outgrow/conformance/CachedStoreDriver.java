// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Batch;
import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.CachedStoreStat;
import io.github.outgrow.Clock;
import io.github.outgrow.Codec;
import io.github.outgrow.DeadLetter;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.Found;
import io.github.outgrow.Lookup;
import io.github.outgrow.OutgrowException;
import io.github.outgrow.Store;
import io.github.outgrow.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

final class CachedStoreDriver implements Driver {
  private final ToldStore told = new ToldStore();
  private final Cache<String, String> cache;
  private final Store store;
  private final CachedStore<String, String> cached;
  private final Map<String, Long> leases = new HashMap<>();
  private final Map<String, Batch> batches = new HashMap<>();

  CachedStoreDriver(Step vector, Clock clock) {
    cache =
        vector
            .object("setup")
            .object("cache")
            .options(Cache.builder())
            .clock(clock)
            .build(Codec.text(), Codec.text());
    store = Store.of(told, clock);
    cached = vector.object("config").options(CachedStore.builder()).build(cache, store);
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    String key = step.text("key", "");
    switch (step.op()) {
      case "get":
        return word(() -> get(key));
      case "set":
        return word(() -> cached.set(key, step.text("value", "")) ? "ok" : "full");
      case "delete":
        return word(() -> cached.delete(key) ? "ok" : "full");
      case "pump":
        return cached.pump();
      case "due_in":
        OptionalLong in = cached.dueIn();
        return in.isEmpty() ? "none" : in.getAsLong() / 1_000_000;
      case "take":
        return take(step.text("as", ""));
      case "done":
        return done(batches.get(step.text("batch", "")), step.text("result", "").equals("ok"));
      case "flush":
        return cached.flush(Duration.ZERO);
      case "close":
        return cached.closeWrites(Duration.ZERO);
      case "dead":
        return cached.deadLetters().stream().map(CachedStoreDriver::letter).toList();
      case "redrive":
        return word(() -> Words.of(cached.redrive(key)));
      case "redrive_all":
        return cached.redriveAll();
      case "discard":
        return cached.discard(key) ? "ok" : "miss";
      case "stat":
        return cached.stat(CachedStoreStat.valueOf(step.text("name", "").toUpperCase(Locale.ROOT)));
      default:
        return stepAround(step, key);
    }
  }

  /** What stands around the cached store. */
  private Object stepAround(Step step, String key) throws Exception {
    switch (step.op()) {
      case "evict":
        return Words.done(cache::clear);
      case "cached":
        Lookup<String> found = cache.lookup(key);
        return found.outcome() == Lookup.Outcome.FOUND ? found.value() : Words.of(found.outcome());
      case "lease":
        leases.put(step.text("as", ""), cache.getOrLease(key).lease());
        return leases.get(step.text("as", "")) > 0 ? "lease" : "none";
      case "fill":
        return Words.of(
            cache.fill(key, leases.get(step.text("lease", "")), step.text("value", "")));
      case "row":
        return told.rows.get(key);
      case "put":
        told.rows.put(key, step.text("value", ""));
        return "ok";
      case "fail":
        told.how = step.text("how", "");
        return "ok";
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private static Object word(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (OutgrowException e) {
      return e.code() == ErrorCode.CLOSED ? "closed" : Map.of("error", e.code().number());
    }
  }

  private Map<String, Object> get(String key) {
    Found<String> found = cached.find(key);
    Map<String, Object> out = new HashMap<>();
    out.put("value", found.value());
    out.put("from", Words.of(found.source()));
    return out;
  }

  private List<Object> take(String as) {
    Optional<Batch> batch = cached.takeBatch();
    if (batch.isEmpty()) return List.of();
    batches.put(as, batch.get());
    List<Object> writes = new ArrayList<>();
    for (Write write : batch.get().writes()) {
      writes.add(
          Arrays.asList(
              new String(write.key(), UTF_8),
              write.isDelete() ? null : new String(write.value(), UTF_8)));
    }
    return writes;
  }

  private static String done(Batch batch, boolean stored) {
    if (batch == null) return "ok"; // an empty one
    if (stored) batch.done();
    else batch.failed(ErrorCode.STORE);
    return "ok";
  }

  private static List<Object> letter(DeadLetter<String, String> letter) {
    return Arrays.asList(letter.key(), letter.value(), letter.attempts(), letter.reason().number());
  }

  @Override
  public void close() {
    batches.values().forEach(Batch::close);
    cached.closeWrites(Duration.ZERO); // what a vector leaves unwritten is no error of the vector's
    cached.close();
    store.close();
    cache.close();
  }
}

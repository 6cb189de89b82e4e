// SPDX-License-Identifier: Apache-2.0
package outgrow.children;

import io.github.outgrow.Cache;
import io.github.outgrow.CachedStore;
import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Codec;
import io.github.outgrow.CustomStore;
import io.github.outgrow.OptionException;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.Store;
import io.github.outgrow.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A web application: uses what starts threads, throws and calls back, and leaves some of it
 * unclosed.
 */
public final class UseAndLeave implements Runnable {
  /** As many applications keep theirs, and never close it. */
  private static CircuitBreaker kept;

  private static final CustomStore FAILING =
      new CustomStore() {
        @Override
        public byte[] get(byte[] key) {
          throw new IllegalStateException("down");
        }

        @Override
        public void set(byte[] key, byte[] value) {
          throw new IllegalStateException("down");
        }

        @Override
        public void delete(byte[] key) {}
      };

  @Override
  public void run() {
    try {
      kept = CircuitBreaker.builder().build();
      limit();
      load();
      store();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void limit() throws Exception {
    try (RateLimiter limiter = RateLimiter.builder().rate("100/s").burst(1).build()) {
      limiter.acquire("a").get(10, TimeUnit.SECONDS);
      limiter.acquire("a").get(10, TimeUnit.SECONDS);
    }
    try {
      RateLimiter.builder().rate("?").build();
    } catch (OptionException e) {
      // As it is to be: the library has thrown.
    }
  }

  private static void load() throws Exception {
    try (Cache<String, String> cache = Cache.builder().build(Codec.text(), Codec.text())) {
      CompletableFuture<String> loading = new CompletableFuture<>();
      CompletableFuture<String> first = cache.getAsync("a", key -> loading);
      CompletableFuture<String> second = cache.getAsync("a", key -> loading);
      loading.complete("1");
      first.get(10, TimeUnit.SECONDS);
      second.get(10, TimeUnit.SECONDS);
    }
  }

  private static void store() {
    try (Cache<String, String> cache = Cache.builder().build(Codec.text(), Codec.text());
        Store store = Store.builder().build();
        CachedStore<String, String> behind =
            CachedStore.builder().mode("behind").build(cache, store)) {
      behind.set("a", "1");
    }
    try (Cache<String, String> cache = Cache.builder().build(Codec.text(), Codec.text());
        Store store = Store.of(FAILING);
        CachedStore<String, String> behind =
            CachedStore.builder()
                .mode("behind")
                .flushInterval("0")
                .drain("0")
                .build(cache, store)) {
      try {
        store.get("a");
      } catch (StoreException e) {
        // As it is to be.
      }
      behind.set("a", "1");
      behind.pump(); // fails, and keeps it to itself
    } catch (StoreException e) {
      // As it is to be: what was buffered is lost.
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final int ROUNDS = 5_000;

  private static CachedStore<String, byte[]> behind(Cache<String, byte[]> cache, Store store) {
    return CachedStore.builder()
        .mode("behind")
        .thread("none")
        .flushInterval("0")
        .build(cache, store);
  }

  /** C frees a batch with its end: of threads that end it at one time, one may. */
  @Test
  void oneOfTwoThreadsEndsIt() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Cache<String, byte[]> cache = Cache.builder().build();
        Store store = Store.builder().build();
        CachedStore<String, byte[]> behind = behind(cache, store)) {
      for (int round = 0; round < ROUNDS; ++round) {
        behind.set("a", new byte[100]);
        Batch batch = behind.takeBatch().orElseThrow();
        AtomicInteger there = new AtomicInteger();
        Future<Boolean> second = other.submit(() -> endsTogether(batch, there));
        assertTrue(endsTogether(batch, there) ^ second.get());
      }
      assertEquals(ROUNDS, behind.stat(CachedStoreStat.STORED));
    } finally {
      other.shutdown();
    }
  }

  private static boolean endsTogether(Batch batch, AtomicInteger there) {
    there.incrementAndGet();
    while (there.get() < 2) Thread.onSpinWait();
    try {
      batch.done();
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private WeakReference<Object> forgotten;

  private Batch takenFromOneThatIsForgotten(Cache<String, byte[]> cache, Store store) {
    CachedStore<String, byte[]> behind = behind(cache, store);
    forgotten = new WeakReference<>(behind);
    behind.set("a", new byte[1]);
    return behind.takeBatch().orElseThrow();
  }

  /** It keeps what it was taken from: that is not closed for being garbage while a batch is out. */
  @Test
  void outlivesTheNounThatItCameFrom() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    var before = CloseGuard.leaks;
    CloseGuard.leaks =
        (noun, made) -> {
          if (List.of(made.getStackTrace()).toString().contains("outlivesTheNounThatItCameFrom"))
            told.add(noun);
        };
    try (Cache<String, byte[]> cache = Cache.builder().build();
        Store store = Store.builder().build()) {
      Batch batch = takenFromOneThatIsForgotten(cache, store);
      Endpoints.of("told of when the cleaner is through");
      String other = null;
      for (int i = 0; i < 100 && (other == null || forgotten.get() != null); ++i) {
        System.gc();
        Endpoints.of("b")
            .close(); // whose making starts what looks for leaks, should that have ended
        String next = told.poll(100, TimeUnit.MILLISECONDS);
        if (next != null) other = next;
      }
      assertNotNull(other);
      assertEquals(null, forgotten.get());
      batch.done();
    } finally {
      CloseGuard.leaks = before;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Loads that end badly, wait long, or outlive their cache. The cache's clock stands unless it is
 * moved.
 */
class CacheLoadsTest {
  private final Clock clock = Clock.manual(0);
  private final ManualScheduler scheduler = new ManualScheduler();
  private final Cache<String, String> cache =
      Cache.builder().clock(clock).scheduler(scheduler).build(Codec.text(), Codec.text());

  @AfterEach
  void close() {
    cache.close();
    clock.close();
    scheduler.close();
  }

  // ---- changed meanwhile ----

  @Test
  void aKeyThatIsChangedDuringItsLoadIsTheOneThatWasAskedFor() {
    try (Cache<byte[], byte[]> bytes =
        Cache.builder().clock(clock).build(Codec.bytes(), Codec.bytes())) {
      byte[] key = {'a'};
      CompletableFuture<byte[]> loaded = new CompletableFuture<>();
      CompletableFuture<byte[]> asked = bytes.getAsync(key, asks -> loaded);
      CompletableFuture<byte[]> waits =
          bytes.getAsync(new byte[] {'a'}, asks -> new CompletableFuture<>());
      key[0] = 'b';
      loaded.complete(new byte[] {1});
      assertEquals(1, asked.join()[0]);
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> assertEquals(1, waits.join()[0]));
      assertEquals(1, bytes.get(new byte[] {'a'})[0]);
      assertNull(bytes.get(key));
    }
  }

  // ---- closed meanwhile ----

  @Test
  void whatTheLoaderThrowsIsThrownThoughTheCacheIsClosed() {
    IOException failure = new IOException("down");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                cache.get(
                    "a",
                    key -> {
                      cache.close();
                      throw failure;
                    })));
  }

  @Test
  void whatWasLoadedIsReturnedThoughTheCacheIsClosed() {
    assertEquals(
        "1",
        cache.get(
            "a",
            key -> {
              cache.close();
              return "1";
            }));
  }

  @Test
  void futuresEndAsTheLoadDoesThoughTheCacheIsClosed() {
    CompletableFuture<String> good = new CompletableFuture<>();
    CompletableFuture<String> bad = new CompletableFuture<>();
    CompletableFuture<String> first = cache.getAsync("a", key -> good);
    CompletableFuture<String> second = cache.getAsync("b", key -> bad);
    CompletableFuture<String> waiting = cache.getAsync("a", key -> good);
    cache.close();
    good.complete("1");
    IOException failure = new IOException("down");
    bad.completeExceptionally(failure);
    assertEquals("1", first.join());
    assertSame(failure, assertThrows(CompletionException.class, second::join).getCause());
    assertInstanceOf(
        IllegalStateException.class,
        assertThrows(CompletionException.class, waiting::join).getCause());
  }

  // ---- leases come back ----

  private void failsAndLeavesNoLease(
      Class<? extends Throwable> thrown, CompletableFuture<String> answer) {
    assertInstanceOf(thrown, assertThrows(CompletionException.class, answer::join).getCause());
    assertEquals(0, cache.stat(CacheStat.LEASES));
    assertEquals("2", cache.getAsync("a", key -> CompletableFuture.completedFuture("2")).join());
  }

  @Test
  void noFutureLeavesNoLease() {
    failsAndLeavesNoLease(NullPointerException.class, cache.getAsync("a", key -> null));
  }

  @Test
  void aLoaderThatThrowsLeavesNoLease() {
    failsAndLeavesNoLease(
        ArithmeticException.class,
        cache.getAsync(
            "a",
            key -> {
              throw new ArithmeticException();
            }));
  }

  @Test
  void aValueThatHasNoBytesLeavesNoLease() {
    Codec<String> picky =
        Codec.of(
            text -> {
              throw new ArithmeticException(text);
            },
            bytes -> "");
    try (Cache<String, String> other = Cache.builder().build(Codec.text(), picky)) {
      assertThrows(ArithmeticException.class, () -> other.get("a", key -> "1"));
      assertEquals(0, other.stat(CacheStat.LEASES));
      CompletableFuture<String> answer =
          other.getAsync("a", key -> CompletableFuture.completedFuture("1"));
      assertInstanceOf(
          ArithmeticException.class,
          assertThrows(CompletionException.class, answer::join).getCause());
      assertEquals(0, other.stat(CacheStat.LEASES));
    }
  }

  // ---- asking again ----

  private void asksAgainInConstantMemory(CompletableFuture<String> waiting, Duration each) {
    long asked = cache.stat(CacheStat.WAITS);
    for (int i = 0; i < 1_000; ++i) scheduler.advance(each);
    assertEquals(asked + 1_000, cache.stat(CacheStat.WAITS));
    assertFalse(waiting.isDone());
    assertEquals(1, waiting.getNumberOfDependents());
    assertEquals(1, scheduler.waiting());
  }

  @Test
  void holdsNoMoreHoweverOftenItAsks() {
    CompletableFuture<String> load = new CompletableFuture<>();
    CompletableFuture<String> first = cache.getAsync("a", key -> load);
    CompletableFuture<String> waiting = cache.getAsync("a", key -> load);
    asksAgainInConstantMemory(waiting, Duration.ofSeconds(10));
    load.complete("1");
    assertEquals("1", first.join());
    assertEquals("1", waiting.join());
    assertEquals(0, scheduler.waiting());

    Lookup<String> elsewhere = cache.getOrLease("b");
    CompletableFuture<String> other = cache.getAsync("b", key -> load);
    asksAgainInConstantMemory(other, Duration.ofMillis(1));
    cache.fill("b", elsewhere.lease(), "2");
    scheduler.advance(Duration.ofSeconds(10));
    assertEquals("2", other.join());
    assertEquals(0, scheduler.waiting());
  }

  private WeakReference<Object> cancelled(CompletionStage<String> load) {
    CompletableFuture<String> waiting = cache.getAsync("a", key -> load);
    waiting.cancel(false);
    return new WeakReference<>(waiting);
  }

  @Test
  void whoHasCancelledIsNotKeptByTheLoad() {
    CompletableFuture<String> load = new CompletableFuture<>();
    CompletableFuture<String> first = cache.getAsync("a", key -> load);
    WeakReference<Object> gone = cancelled(load);
    for (int i = 0; i < 100 && gone.get() != null; ++i) System.gc();
    assertNull(gone.get());
    load.complete("1");
    assertEquals("1", first.join());
  }

  // ---- threads and a clock that stands ----

  @Test
  void aLeaseTakenByHandHangsNobody() {
    assertEquals(Lookup.Outcome.LEASE, cache.getOrLease("a").outcome());
    assertEquals(
        "1", assertTimeoutPreemptively(Duration.ofSeconds(60), () -> cache.get("a", key -> "1")));
    assertEquals(1, cache.stat(CacheStat.LEASES), "it stands");
    assertNull(cache.get("a"), "and what was loaded without it is not cached");
  }

  /**
   * The lease of a load that is under way falls when the clock is moved, and who waits sees it at
   * once.
   */
  @Test
  void waitsForALoadUntilTheClockIsMoved() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(1);
    try (Cache<String, String> patient =
        Cache.builder().clock(clock).lease("1h").build(Codec.text(), Codec.text())) {
      Future<String> first =
          threads.submit(
              () ->
                  patient.get(
                      "a",
                      key -> {
                        loading.countDown();
                        told.await();
                        return "old";
                      }));
      loading.await();
      Future<String> second = threads.submit(() -> patient.get("a", key -> "new"));
      assertTimeoutPreemptively(
          Duration.ofSeconds(60),
          () -> {
            while (patient.stat(CacheStat.WAITS) < 3) Thread.onSpinWait();
            assertFalse(second.isDone());
            clock.advance(Duration.ofHours(1));
            assertEquals("new", second.get());
          });
      told.countDown();
      assertEquals("old", first.get());
      assertEquals("new", patient.get("a"));
    } finally {
      told.countDown();
      threads.shutdown();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheTest {
  private static final Codec<Integer> INTEGER =
      Codec.of(
          value -> ByteBuffer.allocate(4).putInt(value).array(),
          bytes -> ByteBuffer.wrap(bytes).getInt());

  private final ManualScheduler time = new ManualScheduler();
  private final Cache<String, Integer> cache =
      Cache.builder()
          .ttl(Duration.ofSeconds(10))
          .stale("5s")
          .clock(time.clock)
          .scheduler(time)
          .build(Codec.text(), INTEGER);

  @AfterEach
  void close() {
    cache.close();
    time.close();
  }

  @Test
  void keepsValuesForTheirTime() {
    assertEquals(Stored.OK, cache.set("a", 1));
    assertEquals(Stored.OK, cache.set("b", 2, Duration.ZERO));
    assertEquals(1, cache.get("a"));
    time.clock.advance(Duration.ofSeconds(10));
    assertNull(cache.get("a"));
    assertEquals(2, cache.get("b"));
    assertTrue(cache.delete("b"));
    assertFalse(cache.delete("b"));
  }

  @Test
  void tellsAbsencesFromMisses() {
    cache.setAbsent("gone", null);
    assertEquals(Lookup.Outcome.ABSENT, cache.lookup("gone").outcome());
    assertEquals(Lookup.Outcome.MISS, cache.lookup("never").outcome());
    assertEquals(
        List.of(Lookup.Outcome.ABSENT, Lookup.Outcome.MISS),
        cache.lookupMany(List.of("gone", "never")).stream().map(Lookup::outcome).toList());
  }

  @Test
  void loadsOnce() throws IOException {
    AtomicInteger loads = new AtomicInteger();
    Loader<String, Integer, IOException> loader = key -> loads.incrementAndGet();
    assertEquals(1, cache.get("a", loader));
    assertEquals(1, cache.get("a", loader));
    assertNull(cache.get("none", key -> null));
    assertNull(cache.get("none", loader), "the absence is cached");
    assertEquals(1, loads.get());
  }

  @Test
  void whatALoaderThrowsIsThrownAndNotCached() {
    IOException failure = new IOException("down");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                cache.get(
                    "a",
                    key -> {
                      throw failure;
                    })));
    assertEquals(7, cache.get("a", key -> 7));
    assertEquals(0, cache.stat(CacheStat.LEASES));
  }

  @Test
  void aStaleValueServesWhileOneLoads() {
    cache.set("a", 1);
    time.clock.advance(Duration.ofSeconds(11));
    Lookup<Integer> lease = cache.getOrLease("a");
    assertEquals(Lookup.Outcome.LEASE, lease.outcome());
    assertEquals(1, lease.value());
    assertEquals(1, cache.get("a", key -> 99), "another loads");
    assertEquals(Stored.OK, cache.fill("a", lease.lease(), 2));
    assertEquals(Stored.LAPSED, cache.fill("a", lease.lease(), 3));
    assertEquals(2, cache.get("a"));
  }

  /** Many threads want one key: one loads, all get what it loaded. */
  @Test
  void threadsWaitForOneLoad() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch told = new CountDownLatch(1);
    try (Cache<String, Integer> real = Cache.builder().build(Codec.text(), INTEGER)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; ++i) {
        answers.add(
            threads.submit(
                () ->
                    real.get(
                        "a",
                        key -> {
                          loads.incrementAndGet();
                          told.await();
                          return 42;
                        })));
      }
      while (real.stat(CacheStat.WAITS) == 0) Thread.onSpinWait();
      told.countDown();
      for (Future<Integer> answer : answers) assertEquals(42, answer.get());
      assertEquals(1, loads.get());
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void futuresWaitForOneLoad() {
    CompletableFuture<Integer> load = new CompletableFuture<>();
    CompletableFuture<Integer> first = cache.getAsync("a", key -> load);
    CompletableFuture<Integer> second =
        cache.getAsync("a", key -> CompletableFuture.completedFuture(99));
    assertFalse(first.isDone() || second.isDone());
    load.complete(5);
    assertEquals(5, first.join());
    assertEquals(5, second.join());
    assertEquals(0, time.waiting());
  }

  @Test
  void whoCancelsGivesTheLeaseBack() {
    CompletableFuture<Integer> first = cache.getAsync("a", key -> new CompletableFuture<>());
    CompletableFuture<Integer> second =
        cache.getAsync("a", key -> CompletableFuture.completedFuture(7));
    first.cancel(false);
    assertEquals(7, second.join(), "the next one loads");
    assertEquals(0, cache.stat(CacheStat.LEASES));
  }

  @Test
  void aFailedLoadFailsThoseWhoWaitForItAndNobodyElse() {
    CompletableFuture<Integer> load = new CompletableFuture<>();
    CompletableFuture<Integer> first = cache.getAsync("a", key -> load);
    CompletableFuture<Integer> second =
        cache.getAsync("a", key -> CompletableFuture.completedFuture(7));
    load.completeExceptionally(new IOException("down"));
    assertTrue(first.isCompletedExceptionally());
    assertTrue(second.isCompletedExceptionally());
    assertEquals(7, cache.getAsync("a", key -> CompletableFuture.completedFuture(7)).join());
  }

  @Test
  void whoseLeaseFellMeanwhileDoesNotOverwrite() {
    CompletableFuture<Integer> load = new CompletableFuture<>();
    CompletableFuture<Integer> old = cache.getAsync("a", key -> load);
    cache.set("a", 2);
    load.complete(1);
    assertEquals(1, old.join());
    assertEquals(2, cache.get("a"));
  }

  @Test
  void copiesIntoTheCallersBytes() {
    cache.set("a", 0x01020304);
    byte[] into = new byte[2];
    assertEquals(4, cache.copy("a", into));
    assertEquals(2, into[1]);
    assertEquals(Cache.MISS, cache.copy("b", into));
  }
}

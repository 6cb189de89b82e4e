// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
  private static final long SECOND = 1_000_000_000;
  private static final byte[] KEY = {'a'};

  private final ManualScheduler time = new ManualScheduler();

  /** One a second, two at once. */
  private final RateLimiter limiter =
      RateLimiter.builder()
          .rate(1, Duration.ofSeconds(1))
          .burst(2)
          .clock(time.clock)
          .scheduler(time)
          .build();

  @AfterEach
  void close() {
    limiter.close();
    time.close();
  }

  @Test
  void decidesByKey() {
    assertTrue(limiter.tryAcquire("a"));
    assertTrue(limiter.tryAcquire("a".getBytes(UTF_8)), "a text is its UTF-8");
    assertFalse(limiter.tryAcquire("a"));
    assertEquals(SECOND, limiter.tryAcquireNanos("a", 1));
    assertEquals(Duration.ofSeconds(2), limiter.peek("a", 2));
    assertTrue(limiter.tryAcquire("b"));
    assertTrue(limiter.tryAcquire());
    assertEquals(RateLimiter.NEVER, limiter.tryAcquireNanos("c", 3));
    assertEquals(4, limiter.stat(RateLimiterStat.ALLOWED));
  }

  @Test
  void takesAllPartsOrNone() {
    try (RateLimiter everyone = RateLimiter.builder().rate("3/h").clock(time.clock).build()) {
      RateLimiter.Part user = limiter.part("a"), all = everyone.part(new byte[0], 1);
      assertEquals(new AllAdmission(0, -1), RateLimiter.tryAcquireAll(user, all));
      assertTrue(RateLimiter.tryAcquireAll(user, all).passed());
      assertEquals(new AllAdmission(SECOND, 0), RateLimiter.tryAcquireAll(user, all));
      assertEquals(1, everyone.standing("").remaining());
      assertEquals(
          new AllAdmission(1200 * SECOND - 2 * SECOND, 0),
          RateLimiter.tryAcquireAllAt(2 * SECOND, everyone.part("", 2), user));
      RateLimitedException refused =
          assertThrows(
              RateLimitedException.class,
              () -> RateLimiter.acquireAllOrThrow(limiter.part("b"), everyone.part("", 4)));
      assertEquals("over the rate limit; it never passes", refused.getMessage());
      assertEquals(2, limiter.stat(RateLimiterStat.ALLOWED));
      assertEquals(1, limiter.stat(RateLimiterStat.DENIED));
      assertTrue(RateLimiter.tryAcquireAll().passed());
      InvalidArgumentException negative =
          assertThrows(
              InvalidArgumentException.class,
              () -> RateLimiter.tryAcquireAll(user, limiter.part("b", -1)));
      assertEquals("part 1 has a cost of -1", negative.getMessage());
      assertThrows(
          InvalidArgumentException.class,
          () -> RateLimiter.tryAcquireAll(new RateLimiter.Part[65]));
      RateLimiter closed = RateLimiter.builder().rate("3/h").build();
      closed.close();
      assertThrows(
          IllegalStateException.class, () -> RateLimiter.tryAcquireAll(user, closed.part("")));
    }
  }

  @Test
  void saysWhereAKeyStands() {
    assertEquals(new RateLimit(0, 2, 1, SECOND), limiter.tryAcquireDetailed("a", 1));
    assertEquals(new RateLimit(SECOND, 2, 1, SECOND), limiter.tryAcquireDetailed("a", 2));
    RateLimit denied = new RateLimit(1, 2, 0, SECOND + 1);
    assertEquals("1", denied.retryAfterHeader(), "who comes back then must not be early");
    assertEquals("2", denied.resetHeader());
    assertEquals("0", new RateLimit(0, 2, 1, 0).retryAfterHeader());
  }

  @Test
  void takesManyKeysAtOnce() {
    assertArrayEquals(
        new long[] {0, 0, SECOND, 0}, limiter.tryAcquireMany(List.of("a", "a", "a", "b")));
    assertArrayEquals(
        new long[] {RateLimiter.NEVER, RateLimiter.INVALID},
        limiter.tryAcquireMany(List.of(new byte[] {1}, new byte[] {2}), new long[] {3, -1}));
    assertArrayEquals(new long[0], limiter.tryAcquireMany(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> limiter.tryAcquireMany(List.of(new byte[] {1}), new long[] {1, 1}));
  }

  @Test
  void waitsWithoutAThread() {
    limiter.tryAcquire("a", 2);
    CompletableFuture<Void> passed = limiter.acquire("a");
    assertFalse(passed.isDone());
    time.advance(Duration.ofMillis(999));
    assertFalse(passed.isDone());
    time.advance(Duration.ofMillis(1));
    assertTrue(passed.isDone());
    assertFalse(limiter.tryAcquire("a"), "the waiter took it");
    assertEquals(0, time.waiting());
  }

  @Test
  void whoCancelsTakesNothing() {
    limiter.tryAcquire("a", 2);
    CompletableFuture<Void> passed = limiter.acquire("a");
    passed.cancel(false);
    assertEquals(0, time.waiting(), "what was scheduled is gone");
    time.advance(Duration.ofSeconds(1));
    assertTrue(limiter.tryAcquire("a"));
  }

  /** By a clock that stands it never passes: what waits for it must not grow by its tries. */
  @Test
  void holdsNoMoreHoweverOftenItTries() {
    try (Clock standing = Clock.manual(0);
        RateLimiter never =
            RateLimiter.builder()
                .rate("1/s")
                .policy(RateLimiterOptions.Policy.COUNT_MIN)
                .clock(standing)
                .scheduler(time)
                .build()) {
      never.tryAcquire("a");
      CompletableFuture<Void> waiting = never.acquire("a");
      for (int i = 0; i < 1_000; ++i) time.advance(Duration.ofSeconds(1));
      assertFalse(waiting.isDone());
      assertEquals(1_002, never.stat(RateLimiterStat.ALLOWED) + never.stat(RateLimiterStat.DENIED));
      assertEquals(1, waiting.getNumberOfDependents());
      assertEquals(1, time.waiting());
      waiting.cancel(false);
      assertEquals(0, time.waiting());
    }
  }

  /** One that asked again when there is room would find that others have taken it. */
  @Test
  void aLargeCostHasItsTurnAmongSmallOnes() {
    limiter.tryAcquire("a", 2);
    CompletableFuture<Void> large = limiter.acquire(KEY, 2);
    CompletableFuture<Void> small = limiter.acquire(KEY, 1);
    for (int i = 0; i < 20; ++i) {
      assertFalse(limiter.tryAcquire("a"));
      assertFalse(large.isDone());
      time.advance(Duration.ofMillis(100));
    }
    assertTrue(large.isDone());
    assertFalse(small.isDone());
    time.advance(Duration.ofSeconds(1));
    assertTrue(small.isDone());
  }

  @Test
  void whoIsLastGivesItsTurnBack() {
    limiter.tryAcquire("a", 2);
    CompletableFuture<Void> first = limiter.acquire("a");
    CompletableFuture<Void> second = limiter.acquire("a");
    assertEquals(3 * SECOND, limiter.reserveSlot(KEY, 1, Duration.ofMillis(1)).waitNanos());
    second.cancel(false);
    assertEquals(2 * SECOND, limiter.reserveSlot(KEY, 1, Duration.ofMillis(1)).waitNanos());
    first.cancel(false);
    assertEquals(SECOND, limiter.reserveSlot(KEY, 1, Duration.ofMillis(1)).waitNanos());
    assertEquals(0, time.waiting());
  }

  @Test
  void waitsNoLongerThanItIsTold() {
    limiter.tryAcquire("a", 2);
    limiter.acquire("a");
    CompletionException thrown =
        assertThrows(
            CompletionException.class,
            () -> limiter.acquire(KEY, 1, Duration.ofMillis(1_999)).join());
    assertEquals(Duration.ofSeconds(2), ((RateLimitedException) thrown.getCause()).retryAfter());
    assertFalse(limiter.acquire(KEY, 1, Duration.ofSeconds(2)).isDone());
  }

  @Test
  void whatCanNeverPassIsRefused() {
    CompletionException thrown =
        assertThrows(CompletionException.class, () -> limiter.acquire(new byte[] {1}, 3).join());
    assertInstanceOf(RateLimitedException.class, thrown.getCause());
  }

  @Test
  void refusesWhereTheCallerCannotGoOn() {
    limiter.acquireOrThrow("a");
    limiter.acquireOrThrow("a");
    RateLimitedException refused =
        assertThrows(RateLimitedException.class, () -> limiter.acquireOrThrow("a"));
    assertEquals(Duration.ofSeconds(1), refused.retryAfter());
    assertEquals("over the rate limit; try again in 1.0 s", refused.getMessage());
  }

  @Test
  void aLimitIsTriedBeforeItHolds() {
    try (RateLimiter trial =
        RateLimiter.builder().rate("1/h").enforcePercent(0).hottest(true).build()) {
      for (int i = 0; i < 3; i++) {
        assertTrue(trial.tryAcquire("ann"));
      }
      assertEquals(2, trial.stat(RateLimiterStat.SPARED));
      assertEquals("[{\"key\":\"ann\",\"denied\":2}]", trial.hottest());
    }
    assertThrows(OutgrowException.class, limiter::hottest);
  }

  @Test
  void realTimePasses() {
    try (RateLimiter quick = RateLimiter.builder().rate("1/ms").burst(1).build()) {
      quick.tryAcquire("a");
      CompletableFuture.allOf(quick.acquire("a"), quick.acquire("a"), quick.acquire("a")).join();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {
  private final Clock clock = Clock.manual(0);
  private final ConcurrencyLimiter limiter =
      ConcurrencyLimiter.builder().limit(1).permit(Duration.ofSeconds(1)).clock(clock).build();

  @AfterEach
  void close() {
    limiter.close();
    clock.close();
  }

  @Test
  void holdsAPermitForTheCall() throws Exception {
    assertEquals(1, limiter.call(limiter::inFlight));
    IOException failure = new IOException("down");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                limiter.call(
                    () -> {
                      throw failure;
                    })));
    assertEquals(0, limiter.inFlight());
    ConcurrencyFullException full =
        assertThrows(
            ConcurrencyFullException.class, () -> limiter.call(() -> limiter.call(() -> "never")));
    assertEquals("as many calls are in flight as may be", full.getMessage());
    assertEquals(Duration.ZERO, full.retryAfter());
    assertEquals(0, limiter.inFlight());
    assertEquals(3, limiter.stat(ConcurrencyStat.ADMITTED));
    assertEquals(1, limiter.stat(ConcurrencyStat.REFUSED));
  }

  @Test
  void holdsAPermitUntilAFutureIsThere() {
    CompletableFuture<String> call = new CompletableFuture<>();
    CompletableFuture<String> answer = limiter.callAsync(() -> call);
    assertEquals(1, limiter.inFlight());
    CompletionException refused =
        assertThrows(CompletionException.class, () -> limiter.callAsync(() -> call).join());
    assertEquals(ConcurrencyFullException.class, refused.getCause().getClass());
    CompletableFuture<Long> then = answer.thenApply(word -> limiter.inFlight());
    call.complete("done");
    assertEquals(0, then.join(), "who sees the answer finds room");
    assertEquals("done", answer.join());
    limiter.callAsync(CompletableFuture::new).cancel(false);
    assertEquals(0, limiter.inFlight());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            limiter.callAsync(
                () -> {
                  throw new IllegalArgumentException();
                }));
    assertThrows(NullPointerException.class, () -> limiter.callAsync(() -> null));
    assertEquals(0, limiter.inFlight());
  }

  @Test
  void closingLosesNoResult() throws Exception {
    CompletableFuture<String> call = new CompletableFuture<>();
    CompletableFuture<String> answer = limiter.callAsync(() -> call);
    limiter.close();
    call.complete("done");
    assertEquals("done", answer.join());
    ConcurrencyLimiter other = ConcurrencyLimiter.builder().limit(1).build();
    assertNull(
        other.call(
            () -> {
              other.close();
              return null;
            }));
  }

  @Test
  void takesBackWhatIsForgotten() {
    long permit = limiter.enter();
    clock.advance(Duration.ofMillis(999));
    assertEquals(ConcurrencyLimiter.FULL, limiter.enter());
    clock.advance(Duration.ofMillis(1));
    assertTrue(limiter.enter() > 0);
    assertFalse(limiter.exit(permit));
    assertEquals(1, limiter.stat(ConcurrencyStat.EXPIRED));
    assertThrows(InvalidArgumentException.class, () -> limiter.exit(-1));
    OptionException missing =
        assertThrows(OptionException.class, () -> ConcurrencyLimiter.builder().build());
    assertTrue(missing.getMessage().contains("limit"), missing.getMessage());
  }

  @Test
  void threadsAreNeverMoreThanTheLimit() throws InterruptedException {
    AtomicInteger inside = new AtomicInteger(), most = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    try (ConcurrencyLimiter three = ConcurrencyLimiter.builder().limit(3).build()) {
      for (int i = 0; i < 8; ++i) {
        threads.add(
            new Thread(
                () -> {
                  for (int n = 0; n < 20_000; ++n) {
                    long permit = three.enter();
                    if (permit <= 0) continue;
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    three.exit(permit);
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) thread.join();
      assertTrue(most.get() >= 1 && most.get() <= 3, "at most " + most);
      assertEquals(0, three.inFlight());
    }
  }
}

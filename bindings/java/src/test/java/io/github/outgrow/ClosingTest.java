// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ClosingTest {
  @Test
  void closesOnceAndIsRefusedAfterwards() {
    try (Nouns nouns = new Nouns()) {
      for (Nouns.Noun noun : nouns.all) noun.call().run();
      for (Nouns.Noun noun : nouns.all) {
        noun.resource().close();
        noun.resource().close();
        IllegalStateException thrown =
            assertThrows(IllegalStateException.class, noun.call()::run, noun.name());
        assertTrue(thrown.getMessage().endsWith(noun.name() + " is closed"), thrown.getMessage());
      }
    }
  }

  @Test
  void whatIsMadeFromItLivesOn() {
    Clock clock = Clock.manual(5);
    Endpoints endpoints = Endpoints.of("a");
    try (Balancer balancer =
        Balancer.builder().policy("least_connections").clock(clock).build(endpoints)) {
      clock.close();
      endpoints.close();
      assertEquals(0, balancer.acquire().index());
    }
  }

  @Test
  void aClosedArgumentIsNamed() {
    try (Nouns nouns = new Nouns()) {
      nouns.endpoints.close();
      assertEquals(
          "Endpoints is closed",
          assertThrows(IllegalStateException.class, () -> Balancer.builder().build(nouns.endpoints))
              .getMessage());
      nouns.limiter.close();
      assertThrows(IllegalStateException.class, () -> nouns.metrics.add("l", nouns.limiter));
    }
  }

  /** Threads call what another closes under them: each call is whole, or refused. */
  @Test
  void closesUnderCalls() throws Exception {
    int threads = 4;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    AtomicReference<RateLimiter> current = new AtomicReference<>(small());
    AtomicBoolean stop = new AtomicBoolean();
    List<Future<Long>> callers = new ArrayList<>();
    for (int i = 0; i < threads; ++i) {
      callers.add(
          pool.submit(
              () -> {
                long refused = 0;
                while (!stop.get()) {
                  try {
                    current.get().tryAcquire("key");
                  } catch (IllegalStateException e) {
                    ++refused;
                  }
                }
                return refused;
              }));
    }
    for (int i = 0; i < 20_000; ++i) current.getAndSet(small()).close();
    current.get().close();
    stop.set(true);
    for (Future<Long> caller : callers) caller.get();
    pool.shutdown();
  }

  private static RateLimiter small() {
    return RateLimiter.builder().rate("1/s").keys(64).build();
  }

  /** Closed under a call that is stuck in the program's store: destroyed when that returns. */
  @Test
  void theLastCallDestroys() throws Exception {
    AtomicReference<Store> closing = new AtomicReference<>();
    CustomStore custom =
        new CustomStore() {
          @Override
          public byte[] get(byte[] key) {
            closing.get().close();
            return key;
          }

          @Override
          public void set(byte[] key, byte[] value) {}

          @Override
          public void delete(byte[] key) {}
        };
    Store store = Store.of(custom);
    closing.set(store);
    assertEquals(1, store.get("k").length);
    assertThrows(IllegalStateException.class, () -> store.get("k"));
  }

  /** Surefire sets outgrow.debug.leaks. */
  @Test
  void leaksAreReported() throws Exception {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    var before = CloseGuard.leaks;
    CloseGuard.leaks =
        (noun, made) -> {
          boolean here = List.of(made.getStackTrace()).toString().contains("leaksAreReported");
          if (here) told.add(noun);
        };
    try {
      CircuitBreaker.builder().build();
      small().close();
      String leaked = null;
      for (int i = 0; i < 100 && leaked == null; ++i) {
        System.gc();
        small().close(); // whose making starts what looks for leaks, should that have ended
        leaked = told.poll(100, TimeUnit.MILLISECONDS);
      }
      assertEquals("CircuitBreaker", leaked);
      assertEquals(null, told.poll());
    } finally {
      CloseGuard.leaks = before;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class CustomStoreTest {
  private final Map<String, String> rows = new HashMap<>();
  private final List<Integer> batches = new ArrayList<>();
  private Thread caller;
  private volatile Exception failure;
  private Error error;
  private final AtomicInteger failures = new AtomicInteger();

  private final CustomStore custom =
      new CustomStore() {
        @Override
        public byte[] get(byte[] key) throws Exception {
          act();
          String row = rows.get(new String(key, UTF_8));
          return row == null ? null : row.getBytes(UTF_8);
        }

        @Override
        public void set(byte[] key, byte[] value) throws Exception {
          act();
          rows.put(new String(key, UTF_8), new String(value, UTF_8));
        }

        @Override
        public void delete(byte[] key) throws Exception {
          act();
          rows.remove(new String(key, UTF_8));
        }

        @Override
        public void batchWrite(List<Write> writes) throws Exception {
          batches.add(writes.size());
          CustomStore.super.batchWrite(writes);
        }

        private void act() throws Exception {
          caller = Thread.currentThread();
          if (error != null) throw error;
          if (failure != null) {
            failures.incrementAndGet();
            throw failure;
          }
        }
      };
  private final Clock clock = Clock.manual(0);
  private final Store store = Store.of(custom, clock);
  private final Cache<String, String> cache =
      Cache.builder().clock(clock).build(Codec.text(), Codec.text());

  @AfterEach
  void close() {
    store.close();
    cache.close();
    clock.close();
  }

  @Test
  void isCalledOnTheCallersThread() {
    store.set("a\uD83D\uDE42\0", "1".getBytes(UTF_8));
    assertSame(Thread.currentThread(), caller);
    assertEquals(Map.of("a\uD83D\uDE42\0", "1"), rows);
    assertEquals("1", new String(store.get("a\uD83D\uDE42\0"), UTF_8));
    assertNull(store.get("none"));
    store.set("empty", new byte[0]);
    assertEquals(0, store.get("empty").length);
    store.batchWrite(
        List.of(
            new Write("b".getBytes(UTF_8), "2".getBytes(UTF_8)),
            new Write("empty".getBytes(UTF_8), null)));
    assertEquals("2", rows.get("b"));
    assertFalse(rows.containsKey("empty"));
  }

  @Test
  void whatItThrowsIsTheCause() {
    failure = new IOException("disk on fire \uD83D\uDD25\nsecond line");
    StoreException thrown = assertThrows(StoreException.class, () -> store.get("a"));
    assertSame(failure, thrown.getCause());
    assertEquals(ErrorCode.STORE, thrown.code());
    assertEquals(
        "the program's store: java.io.IOException: disk on fire \uD83D\uDD25 second line",
        thrown.getMessage());
    try (CachedStore<String, String> cached = CachedStore.builder().build(cache, store)) {
      assertSame(failure, assertThrows(StoreException.class, () -> cached.get("a")).getCause());
      assertSame(
          failure,
          assertThrows(StoreException.class, () -> cached.getMany(List.of("b", "a"))).getCause());
      assertSame(
          failure, assertThrows(StoreException.class, () -> cached.set("a", "1")).getCause());
    }
  }

  /** The JDK's three, and what is derived from them. */
  @Test
  void whatTookTooLongIsATimeout() throws Exception {
    for (Exception late :
        List.of(
            new TimeoutException("late"),
            new TimeoutException("late") {},
            new SocketTimeoutException("late"),
            sql("SQLTimeoutException"))) {
      failure = late;
      StoreException thrown = assertThrows(StoreException.class, () -> store.get("a"));
      assertSame(late, thrown.getCause());
      assertEquals(ErrorCode.TIMEOUT, thrown.code(), late::toString);
      assertEquals(
          ErrorCode.TIMEOUT, assertThrows(StoreException.class, () -> store.delete("a")).code());
    }
    failure = sql("SQLException");
    assertEquals(ErrorCode.STORE, assertThrows(StoreException.class, () -> store.get("a")).code());
  }

  private void throwsTheError(Executable call) {
    assertSame(error, assertThrows(Error.class, call));
  }

  /** Not a cause: who catches exceptions to try again, or to answer without, does not mean this. */
  @Test
  void anErrorIsThrownAsItIs() {
    error = new StackOverflowError("deep");
    throwsTheError(() -> store.get("a"));
    throwsTheError(() -> store.set("a", new byte[0]));
    throwsTheError(() -> store.delete("a"));
    throwsTheError(() -> store.batchWrite(List.of(new Write(new byte[1], null))));
    try (CachedStore<String, String> cached =
        CachedStore.builder().mode("through").build(cache, store)) {
      throwsTheError(() -> cached.get("a"));
      throwsTheError(() -> cached.getMany(List.of("a")));
      throwsTheError(() -> cached.set("a", "1"));
      throwsTheError(() -> cached.delete("a"));
    }
  }

  @Test
  void anErrorEndsAPumpAndNoWriteIsLost() {
    try (CachedStore<String, String> behind =
        CachedStore.builder()
            .mode("behind")
            .flushInterval("0")
            .retryBase("1s")
            .build(cache, store)) {
      behind.set("a", "1");
      error = new AssertionError("a bug");
      throwsTheError(behind::pump);
      throwsTheError(() -> behind.flush(Duration.ofSeconds(1)));
      assertEquals(1, behind.stat(CachedStoreStat.PENDING));
      error = null;
      clock.advance(Duration.ofHours(1));
      assertEquals(1, behind.pump());
      assertEquals(Map.of("a", "1"), rows);
    }
  }

  @Test
  void anErrorClosesAllTheSame() {
    CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").clock(clock).build(cache, store);
    behind.set("a", "1");
    error = new AssertionError("a bug");
    throwsTheError(behind::close);
    assertThrows(IllegalStateException.class, () -> behind.get("a"));
  }

  @Test
  void anInterruptedStoreLeavesTheThreadInterrupted() {
    failure = new InterruptedException("told to stop");
    assertSame(failure, assertThrows(StoreException.class, () -> store.get("a")).getCause());
    assertTrue(Thread.interrupted());
    try (CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").flushInterval("0").build(cache, store)) {
      behind.set("a", "1");
      assertEquals(0, behind.pump());
      assertTrue(Thread.interrupted());
      failure = null;
    }
  }

  /** Whatever waits for the store ends soon after the thread is interrupted, which it stays. */
  @Test
  void anInterruptEndsWhateverWaitsForTheStore() {
    Duration hour = Duration.ofHours(1);
    for (Consumer<CachedStore<String, String>> wait :
        List.<Consumer<CachedStore<String, String>>>of(
            behind -> assertEquals(1, behind.flush(hour)),
            behind -> assertEquals(1, behind.closeWrites(hour)),
            behind -> assertThrows(StoreException.class, behind::close))) {
      failure = new IOException("down");
      failures.set(0);
      try (Cache<String, String> own = Cache.builder().build(Codec.text(), Codec.text());
          CachedStore<String, String> behind =
              CachedStore.builder()
                  .mode("behind")
                  .flushInterval(hour)
                  .drain(hour)
                  .retryBase("1ms")
                  .retryAttempts(1000)
                  .build(own, store)) {
        behind.set("a", "1");
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () -> {
              Thread waiting = Thread.currentThread();
              Thread other =
                  new Thread(
                      () -> {
                        while (failures.get() < 2)
                          Thread.onSpinWait(); // it waits for the next attempt
                        waiting.interrupt();
                      });
              other.start();
              wait.accept(behind);
              assertTrue(Thread.interrupted());
              other.join();
            });
        failure = null;
      }
    }
  }

  /** A wait in the library for another thread's call, or for room, is as every wait. */
  @Test
  void anInterruptEndsWhateverWaitsForAnother() {
    Duration hour = Duration.ofHours(1);
    for (Consumer<CachedStore<String, String>> call :
        List.<Consumer<CachedStore<String, String>>>of(
            behind -> behind.get("a"),
            behind -> behind.getMany(List.of("a")),
            behind -> behind.set("a", "2"),
            behind -> behind.delete("a"))) {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      CustomStore hangs =
          new CustomStore() {
            @Override
            public byte[] get(byte[] key) throws InterruptedException {
              entered.countDown();
              goOn.await();
              return key;
            }

            @Override
            public void set(byte[] key, byte[] value) throws InterruptedException {
              get(key);
            }

            @Override
            public void delete(byte[] key) throws InterruptedException {
              get(key);
            }
          };
      try (Store slow = Store.of(hangs);
          Cache<String, String> own =
              Cache.builder().lease(hour).build(Codec.text(), Codec.text());
          CachedStore<String, String> through =
              CachedStore.builder().mode("through").wait(hour).build(own, slow)) {
        Thread other = new Thread(() -> call.accept(through));
        other.start();
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () -> {
              entered.await();
              Thread.currentThread().interrupt();
              assertThrows(CancellationException.class, () -> call.accept(through));
              assertTrue(Thread.interrupted());
              goOn.countDown();
              other.join();
              call.accept(through);
            });
      }
    }
  }

  /** A store over another, whose failure it has dealt with. */
  @Test
  void whatAnInnerStoreThrewIsNotTheOutersCause() {
    failure = new IOException("inner");
    IOException own = new IOException("outer");
    CustomStore over =
        new CustomStore() {
          @Override
          public byte[] get(byte[] key) throws IOException {
            assertThrows(StoreException.class, () -> store.get(key));
            if (key[0] == 'a') throw own;
            return key;
          }

          @Override
          public void set(byte[] key, byte[] value) {}

          @Override
          public void delete(byte[] key) {}
        };
    try (Store outer = Store.of(over)) {
      assertEquals(1, outer.get("b").length);
      assertSame(own, assertThrows(StoreException.class, () -> outer.get("a")).getCause());
    }
  }

  /** It would wait for itself, with the lock of the key or its lease. */
  @Test
  void aStoreThatAsksForTheKeyThatItIsAskedForIsToldSo() {
    AtomicReference<CachedStore<String, String>> caller = new AtomicReference<>();
    CustomStore again =
        new CustomStore() {
          @Override
          public byte[] get(byte[] key) {
            return caller.get().get(new String(key, UTF_8)).getBytes(UTF_8);
          }

          @Override
          public void set(byte[] key, byte[] value) {
            caller.get().set(new String(key, UTF_8), "again");
          }

          @Override
          public void delete(byte[] key) {
            caller.get().delete(new String(key, UTF_8));
          }
        };
    try (Store inner = Store.of(again);
        CachedStore<String, String> through =
            CachedStore.builder().mode("through").build(cache, inner)) {
      caller.set(through);
      for (Executable call :
          List.<Executable>of(
              () -> through.get("a"), () -> through.set("a", "1"), () -> through.delete("a"))) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(60),
            () -> {
              StoreException thrown = assertThrows(StoreException.class, call);
              Throwable told = thrown.getCause();
              assertTrue(told instanceof InvalidArgumentException, () -> "cause: " + told);
              assertTrue(
                  thrown.getMessage().endsWith(told.getMessage())
                      && told.getMessage().contains("key"),
                  thrown.getMessage());
            });
      }
    }
  }

  /** The binding's module does not require java.sql, and so does not see it. */
  private static Exception sql(String name) throws Exception {
    return (Exception)
        Class.forName("java.sql." + name).getConstructor(String.class).newInstance("said");
  }

  /** A failure that a pump kept to itself is not the cause of what fails next on the thread. */
  @Test
  void aFailureThatWasNotThrownIsNoCause(@TempDir Path folder) {
    try (CachedStore<String, String> behind =
        CachedStore.builder()
            .mode(CachedStoreOptions.Mode.BEHIND)
            .flushInterval("0")
            .build(cache, store)) {
      behind.set("a", "1");
      failure = new IOException("kept");
      assertEquals(0, behind.pump());
      failure = null;
    }
    StoreException thrown =
        assertThrows(
            StoreException.class,
            () -> Store.builder().kind("sqlite").path(folder.resolve("none/x.db")).build());
    assertNull(thrown.getCause());
  }

  @Test
  void writeBehindIsPumped() {
    try (CachedStore<String, String> behind =
        CachedStore.builder()
            .mode("behind")
            .flushInterval(Duration.ofSeconds(1))
            .retryAttempts(0)
            .build(cache, store)) {
      assertTrue(behind.dueIn().isEmpty());
      behind.set("a", "1");
      behind.set("b", "2");
      assertEquals(Duration.ofSeconds(1), behind.dueIn().orElseThrow());
      assertEquals(Map.of(), rows);
      clock.advance(Duration.ofSeconds(1));
      assertEquals(2, behind.pump());
      assertEquals(Map.of("a", "1", "b", "2"), rows);
      assertEquals(List.of(2), batches);

      failure = new IOException("down");
      behind.set("c", "3");
      behind.flush(Duration.ZERO);
      DeadLetter<String, String> letter = behind.deadLetters().get(0);
      assertEquals(
          new DeadLetter<>("c", "3", ErrorCode.STORE, letter.attempts(), letter.message()), letter);
      assertTrue(letter.message().endsWith("java.io.IOException: down"), letter.message());
      failure = null;
      assertEquals(CachedStore.Redriven.OK, behind.redrive("c"));
      assertEquals(CachedStore.Redriven.MISS, behind.redrive("c"));
      assertEquals(0, behind.flush(Duration.ZERO));
      assertEquals("3", rows.get("c"));
    }
  }

  @Test
  void batchesAreEndedOnce() {
    try (CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").flushInterval("0").build(cache, store)) {
      behind.set("a", "1");
      Batch batch = behind.takeBatch().orElseThrow();
      assertEquals("a", new String(batch.writes().get(0).key(), UTF_8));
      assertEquals(1, behind.stat(CachedStoreStat.WRITING));
      batch.done();
      assertEquals(1, behind.stat(CachedStoreStat.STORED));
      assertThrows(IllegalStateException.class, batch::done);
      batch.close();

      behind.set("b", "2");
      behind.takeBatch().orElseThrow().close();
      assertEquals(
          1, behind.stat(CachedStoreStat.FAILED_ATTEMPTS), "closed without an end, it has failed");
    }
  }

  @Test
  void closingTellsWhatIsLost() {
    CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").clock(clock).build(cache, store);
    behind.set("a", "1");
    behind.set("b", "2");
    failure = new IOException("down");
    StoreException lost = assertThrows(StoreException.class, behind::close);
    assertEquals("closed with 2 writes that had not reached the store", lost.getMessage());
    behind.close();
    assertThrows(IllegalStateException.class, () -> behind.get("a"));
  }

  @Test
  void whatClosedWritesSaidIsNotSaidAgain() {
    failure = new IOException("down");
    try (CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").clock(clock).build(cache, store)) {
      behind.set("a", "1");
      assertEquals(1, behind.closeWrites(Duration.ZERO));
      assertEquals("a", behind.deadLetters().get(0).key());
    }
  }

  @Test
  void closedWritesAreAnError() {
    try (CachedStore<String, String> behind =
        CachedStore.builder().mode("behind").build(cache, store)) {
      assertEquals(0, behind.closeWrites(Duration.ZERO));
      assertEquals(
          ErrorCode.CLOSED,
          assertThrows(OutgrowException.class, () -> behind.set("a", "1")).code());
    }
  }

  @Test
  void readsManyInOneCrossing() {
    rows.put("a", "1");
    rows.put("c", "3");
    try (CachedStore<String, String> cached = CachedStore.builder().build(cache, store)) {
      assertEquals(java.util.Arrays.asList("1", null, "3"), cached.getMany(List.of("a", "b", "c")));
      failure = new IOException("down");
      assertThrows(StoreException.class, () -> cached.getMany(List.of("a", "d")));
    }
  }
}

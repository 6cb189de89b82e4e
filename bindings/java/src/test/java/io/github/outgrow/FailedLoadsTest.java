// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A load that fails while others wait for it: they are told what it threw, and do not repeat it one
 * after the other. And one that would wait for itself.
 */
class FailedLoadsTest {
  private static final int WAITERS = 20;

  private final Cache<String, String> cache =
      Cache.builder().lease("1h").build(Codec.text(), Codec.text());
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger loads = new AtomicInteger();
  private final CountDownLatch loading = new CountDownLatch(1);
  private final CountDownLatch told = new CountDownLatch(1);

  @AfterEach
  void close() {
    told.countDown();
    cache.close();
  }

  private interface Ask {
    Object ask() throws Exception;
  }

  private FutureTask<Object> start(Ask ask) {
    FutureTask<Object> answer = new FutureTask<>(ask::ask);
    threads.add(new Thread(answer));
    threads.get(threads.size() - 1).start();
    return answer;
  }

  /** The first fails once all others wait for it. */
  private List<FutureTask<Object>> answers(Ask first, Ask others) throws Exception {
    List<FutureTask<Object>> answers = new ArrayList<>();
    answers.add(start(first));
    loading.await();
    for (int i = 0; i < WAITERS; ++i) answers.add(start(others));
    for (Thread waiter : threads.subList(1, threads.size())) {
      while (waiter.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    }
    told.countDown();
    return answers;
  }

  private static Throwable failure(FutureTask<Object> answer) {
    return assertThrows(ExecutionException.class, answer::get).getCause();
  }

  private String fail(Exception failure) throws Exception {
    loads.incrementAndGet();
    loading.countDown();
    told.await();
    throw failure;
  }

  @Test
  void threadsThatWaitAreThrownWhatTheLoaderThrew() throws Exception {
    IOException failure = new IOException("down");
    Ask ask = () -> cache.get("a", key -> fail(failure));
    for (FutureTask<Object> each : answers(ask, ask)) assertSame(failure, failure(each));
    assertEquals(1, loads.get());
    assertEquals(0, cache.stat(CacheStat.LEASES));
    assertEquals("2", cache.get("a", key -> "2"), "who comes later tries");
  }

  @Test
  void futuresThatWaitFailAsTheLoadDoes() {
    CompletableFuture<String> load = new CompletableFuture<>();
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < WAITERS; ++i) {
      answers.add(
          cache.getAsync(
              "a",
              key -> {
                loads.incrementAndGet();
                return load;
              }));
    }
    IOException failure = new IOException("down");
    load.completeExceptionally(failure);
    for (CompletableFuture<String> answer : answers) {
      assertSame(failure, assertThrows(CompletionException.class, answer::join).getCause());
    }
    assertEquals(1, loads.get());
    assertEquals(0, cache.stat(CacheStat.LEASES));
  }

  @Test
  void readsThatWaitAreThrownWhatTheCallThrew() throws Exception {
    try (Service service =
        Service.builder()
            .breaker(o -> o.failureThreshold(1000))
            .cache(o -> o.lease("1h"))
            .build()) {
      IOException failure = new IOException("down");
      Ask ask = () -> service.read("me", "k", (server, node) -> fail(failure).getBytes(UTF_8));
      for (FutureTask<Object> each : answers(ask, ask)) assertSame(failure, failure(each));
      assertEquals(1, loads.get());
      assertEquals(1, service.stat(ServiceStat.FAILURES));
    }
  }

  /** It was told to stop; those who wait were not. */
  @Test
  void anInterruptedLoadIsNoFailureOfTheOthers() throws Exception {
    List<FutureTask<Object>> answers =
        answers(
            () -> cache.get("a", key -> fail(new InterruptedException())),
            () -> cache.get("a", key -> "2"));
    assertInstanceOf(InterruptedException.class, failure(answers.remove(0)));
    for (FutureTask<Object> answer : answers) assertEquals("2", answer.get());
  }

  @Test
  void aCancelledLoadIsNoFailureOfTheOthers() {
    CompletableFuture<String> load = new CompletableFuture<>();
    cache
        .getAsync("a", key -> load)
        .thenApply(value -> value); // what a dependent is cancelled with is wrapped
    CompletableFuture<String> second =
        cache.getAsync("a", key -> CompletableFuture.completedFuture("2"));
    load.completeExceptionally(new CompletionException(new CancellationException()));
    assertEquals("2", second.join());
  }

  @Test
  void aValueThatWasWrittenMeanwhileIsTheAnswer() throws Exception {
    FutureTask<Object> first = start(() -> cache.get("a", key -> fail(new IOException("down"))));
    loading.await();
    CompletableFuture<String> second =
        cache.getAsync("a", key -> CompletableFuture.completedFuture("loaded"));
    cache.set("a", "written");
    told.countDown();
    assertInstanceOf(IOException.class, failure(first));
    assertEquals("written", second.join());
  }

  // ---- who is interrupted ----

  /** The load goes on, and its lease stands for an hour. */
  private void endsTheWaiting(Ask loads, Ask waits) throws Exception {
    FutureTask<Object> load = start(loads);
    loading.await();
    FutureTask<Object> answer =
        start(
            () -> {
              try {
                return waits.ask();
              } catch (CancellationException e) {
                assertTrue(Thread.currentThread().isInterrupted());
                throw e;
              }
            });
    Thread waiter = threads.get(1);
    while (waiter.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    waiter.interrupt();
    assertInstanceOf(CancellationException.class, failure(answer));
    assertFalse(load.isDone());
  }

  @Test
  void anInterruptEndsTheWaitForALoad() throws Exception {
    endsTheWaiting(
        () -> cache.get("a", key -> fail(new IOException())), () -> cache.get("a", key -> "2"));
  }

  @Test
  void anInterruptEndsTheWaitForARead() throws Exception {
    try (Service service = Service.builder().cache(o -> o.lease("1h")).build()) {
      endsTheWaiting(
          () -> service.read("me", "k", (server, node) -> fail(new IOException()).getBytes(UTF_8)),
          () -> service.read("me", "k", (server, node) -> new byte[0]));
      told.countDown();
    }
  }

  // ---- a load that asks for its own key ----

  private static void isToldSoAtOnce(Ask ask) {
    Throwable thrown =
        assertTimeoutPreemptively(
            Duration.ofSeconds(60), () -> assertThrows(Exception.class, ask::ask));
    if (thrown instanceof CompletionException) thrown = thrown.getCause();
    assertInstanceOf(IllegalStateException.class, thrown);
    assertTrue(thrown.getMessage().endsWith(": a"), thrown.getMessage());
  }

  @Test
  void aLoaderThatAsksForItsOwnKeyIsToldSoAtOnce() {
    isToldSoAtOnce(() -> cache.get("a", key -> cache.get(key, again -> "1")));
    isToldSoAtOnce(
        () -> cache.get("a", key -> cache.get("b", other -> cache.get("a", again -> "1"))));
    isToldSoAtOnce(
        () ->
            cache.get("a", key -> cache.getAsync(key, again -> new CompletableFuture<>()).join()));
    isToldSoAtOnce(
        () ->
            cache
                .getAsync("a", key -> cache.getAsync(key, again -> new CompletableFuture<>()))
                .join());
    isToldSoAtOnce(
        () ->
            cache
                .getAsync(
                    "a", key -> CompletableFuture.completedFuture(cache.get(key, again -> "1")))
                .join());
    assertEquals(0, cache.stat(CacheStat.LEASES));
    assertEquals(
        "2",
        cache.get("a", key -> cache.get("b", other -> "2")),
        "another key's is its to ask for");
  }

  @Test
  void aCallThatReadsItsOwnKeyIsToldSoAtOnce() {
    try (Service service = Service.builder().cache(o -> o.lease("1h")).build()) {
      ServiceCall<RuntimeException> call = (server, node) -> new byte[0];
      isToldSoAtOnce(
          () -> service.read("me", "a", (server, node) -> service.read("me", "a", call)));
      assertEquals(
          0, service.read("me", "a", (server, node) -> service.write("me", "a", call)).length);
    }
  }
}

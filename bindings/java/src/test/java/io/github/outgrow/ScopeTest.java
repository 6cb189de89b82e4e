// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import outgrow.children.AskAsWorker;

final class ScopeTest {
  private final String name = "/outgrow-java-test-" + ProcessHandle.current().pid();

  @AfterEach
  void remove() {
    if (Scope.list().contains("\"" + name + "\"")) Scope.remove(name);
  }

  private static RateLimiter limiter(Scope scope) {
    return RateLimiter.builder().rate("10/h").scope(scope, "logins").build();
  }

  @Test
  void virtualMachinesShareALimit(@TempDir Path folder) throws Exception {
    try (Scope scope = Scope.host(name);
        RateLimiter limiter = limiter(scope)) {
      for (int i = 0; i < 5; ++i) assertTrue(limiter.tryAcquire("alice"));
      Child.Ended ended = Child.run(folder, AskAsWorker.class, "-Dsegment=" + name);
      assertEquals("5\n", ended.out(), ended.err());
      assertFalse(limiter.tryAcquire("alice"));
      assertEquals(1, scope.stat(ScopeStat.ATTACHMENTS), "who has ended is not attached");
    }
  }

  @Test
  void aProgramThatIsStartedHoldsNothing() throws Exception {
    Process program;
    try (Scope scope = Scope.host(name)) {
      program = new ProcessBuilder("sleep", "600").start();
      assertEquals(1, scope.stat(ScopeStat.ATTACHMENTS));
    }
    try {
      long until =
          System.nanoTime()
              + TimeUnit.SECONDS.toNanos(60); // the kernel closes what is closed on exec late
      while (!Scope.inspect(name).contains("\"attachments\":[]")) {
        assertTrue(System.nanoTime() < until, Scope.inspect(name));
      }
      assertTrue(program.isAlive());
    } finally {
      program.destroyForcibly().waitFor();
    }
  }

  @Test
  void whatIsMadeInAScopeOutlivesIt() {
    Scope scope = Scope.host(name);
    CircuitBreaker one = CircuitBreaker.builder().failureThreshold(1).scope(scope, "db").build();
    CircuitBreaker other = CircuitBreaker.builder().failureThreshold(1).scope(scope, "db").build();
    scope.close();
    assertThrows(IllegalStateException.class, () -> scope.stat(ScopeStat.BYTES));
    assertThrows(
        IllegalStateException.class, () -> CircuitBreaker.builder().scope(scope, "db").build());
    one.exit(one.enter(), false);
    assertEquals(CircuitBreaker.REFUSED, other.enter());
    one.close();
    other.close();
  }

  /** A test of a service may leave the scope out, and each process then has its own. */
  @Test
  void withoutAScopeItIsThisProcesss() {
    try (RateLimiter one = limiter(null);
        RateLimiter other = limiter(null);
        Metrics metrics = Metrics.builder().scope(null, "app").build()) {
      metrics.add("one", one);
      for (int i = 0; i < 10; ++i) assertTrue(one.tryAcquire("alice"));
      assertFalse(one.tryAcquire("alice"));
      assertTrue(other.tryAcquire("alice"));
      assertEquals("over the rate limit 'logins'", one.refusal(Duration.ZERO));
    }
  }

  @Test
  void aRefusalNamesTheNoun() {
    try (Scope scope = Scope.host(name);
        RateLimiter limiter = limiter(scope);
        CircuitBreaker breaker = CircuitBreaker.builder().scope(scope, "payments").build();
        ConcurrencyLimiter full =
            ConcurrencyLimiter.builder().limit(1).scope(scope, "uploads").build()) {
      assertEquals(
          "over the rate limit 'logins'; it never passes",
          assertThrows(CompletionException.class, () -> limiter.acquire(new byte[] {1}, 11).join())
              .getCause()
              .getMessage());
      assertEquals(
          "over the rate limit 'logins'; try again in 0.25 s",
          limiter.refusal(Duration.ofMillis(250)));
      breaker.forceOpen();
      assertEquals(
          "the circuit breaker 'payments' is open; it stays so until it is reset",
          assertThrows(CircuitOpenException.class, breaker::enterOrThrow).getMessage());
      full.enter();
      assertEquals(
          "as many calls are in flight as may be in 'uploads'",
          assertThrows(ConcurrencyFullException.class, full::enterOrThrow).getMessage());
    }
  }

  @Test
  void metricsAreOfAllProcesses() {
    try (Scope scope = Scope.host(name);
        Metrics one = Metrics.builder().scope(scope, "app").build();
        Metrics other = Metrics.builder().scope(scope, "app").build()) {
      one.counter("jobs_total", "Jobs.", "").increment(2);
      other.counter("jobs_total", "Jobs.", "").increment(3);
      one.add("segment", scope);
      assertTrue(one.render().contains("\njobs_total 5\n"), one.render());
      assertTrue(
          one.render().contains("outgrow_scope_objects{name=\"segment\"} 1\n"), one.render());
    }
  }

  @Test
  void whatLiesThereIsTold() {
    try (Scope scope = Scope.builder(name).size("4MiB").build();
        RateLimiter limiter = limiter(scope)) {
      limiter.tryAcquire("alice");
      assertTrue(Scope.list().contains("\"" + name + "\""));
      String seen = Scope.inspect(name);
      assertTrue(seen.contains("\"pid\":" + ProcessHandle.current().pid()), seen);
      assertTrue(seen.contains("\"rate\":\"10/3600s\""), seen);
      assertFalse(seen.contains("faults"), seen);
      assertTrue(Scope.verify(name).contains("\"faults\":[]"), Scope.verify(name));
      Scope.remove(name);
      assertThrows(OutgrowException.class, () -> Scope.inspect(name));
    }
  }

  @Test
  void refusalsNameWhatIsWrong() {
    assertEquals(
        "name", assertThrows(NullPointerException.class, () -> Scope.host(null)).getMessage());
    assertEquals(
        "size",
        assertThrows(OptionException.class, () -> Scope.builder(name).size(1).build()).option());
    try (Scope scope = Scope.host(name);
        RateLimiter limiter = limiter(scope)) {
      assertTrue(limiter.tryAcquire("alice"));
      assertEquals(
          "rate",
          assertThrows(
                  OptionException.class,
                  () ->
                      RateLimiter.builder()
                          .rate("11/h")
                          .onMismatch("refuse")
                          .scope(scope, "logins")
                          .build())
              .option());
      assertEquals("", scope.differences());
      RateLimiter.builder().rate("11/h").scope(scope, "logins").build().close();
      assertTrue(
          scope.differences().endsWith(" is there with rate=10/3600s, not with rate=11/3600s"));
      assertEquals(
          "name",
          assertThrows(
                  NullPointerException.class,
                  () -> RateLimiter.builder().rate("1/s").scope(scope, null))
              .getMessage());
    }
  }
}

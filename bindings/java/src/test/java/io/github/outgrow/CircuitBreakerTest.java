// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {
  private final Clock clock = Clock.manual(0);
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .failureThreshold(2)
          .open(Duration.ofSeconds(30))
          .successThreshold(1)
          .clock(clock)
          .build();

  @AfterEach
  void close() {
    breaker.close();
    clock.close();
  }

  private void fail() {
    IOException failure = new IOException("down");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                breaker.call(
                    () -> {
                      throw failure;
                    })));
  }

  @Test
  void opensByFailuresAndClosesBySuccess() throws Exception {
    assertEquals("up", breaker.call(() -> "up"));
    fail();
    fail();
    assertEquals(BreakerState.OPEN, breaker.state());
    CircuitOpenException refused =
        assertThrows(CircuitOpenException.class, () -> breaker.call(() -> "up"));
    assertEquals(Duration.ofSeconds(30), refused.retryAfter());
    assertEquals("the circuit breaker is open; try again in 30.0 s", refused.getMessage());
    clock.advance(Duration.ofSeconds(30));
    assertEquals("up", breaker.call(() -> "up"));
    assertEquals(BreakerState.CLOSED, breaker.state());
    assertEquals(3, breaker.transitions());
  }

  @Test
  void interruptionSaysNothingOfTheService() {
    for (int i = 0; i < 3; ++i) {
      assertThrows(
          InterruptedException.class,
          () ->
              breaker.call(
                  () -> {
                    throw new InterruptedException();
                  }));
    }
    assertEquals(BreakerState.CLOSED, breaker.state());
  }

  @Test
  void countsCallsThatEndElsewhere() {
    CompletableFuture<String> call = new CompletableFuture<>();
    CompletableFuture<String> answer = breaker.callAsync(() -> call);
    assertFalse(answer.isDone());
    call.complete("up");
    assertEquals("up", answer.join());
    for (int i = 0; i < 2; ++i) {
      CompletableFuture<String> failing =
          breaker.callAsync(() -> CompletableFuture.failedFuture(new IOException()));
      assertThrows(CompletionException.class, failing::join);
    }
    assertEquals(BreakerState.OPEN, breaker.state());
    CompletionException refused =
        assertThrows(CompletionException.class, () -> breaker.callAsync(() -> call).join());
    assertEquals(CircuitOpenException.class, refused.getCause().getClass());
  }

  /** That there is no such thing is an answer: it clears the failures before it. */
  @Test
  void whatIsIgnoredCountsAsASuccess() throws Exception {
    try (CircuitBreaker careful =
        CircuitBreaker.builder()
            .failureThreshold(2)
            .ignore(thrown -> thrown instanceof FileNotFoundException)
            .build()) {
      for (int i = 0; i < 3; ++i) {
        assertThrows(IOException.class, () -> careful.call(throwing(new IOException("down"))));
        assertThrows(
            FileNotFoundException.class,
            () -> careful.call(throwing(new FileNotFoundException("no such item"))));
      }
      CompletableFuture<String> later = new CompletableFuture<>();
      CompletableFuture<String> wrapped = careful.callAsync(() -> later.thenApply(each -> each));
      later.completeExceptionally(new FileNotFoundException("no such item"));
      assertThrows(CompletionException.class, wrapped::join);
      assertThrows(IOException.class, () -> careful.call(throwing(new IOException("down"))));
      assertEquals(BreakerState.CLOSED, careful.state());
      assertThrows(IOException.class, () -> careful.call(throwing(new IOException("down"))));
      assertEquals(BreakerState.OPEN, careful.state());
    }
  }

  @Test
  void whatIgnoreThrowsIsAddedToAFailure() {
    IllegalStateException bad = new IllegalStateException("bad");
    try (CircuitBreaker broken =
        CircuitBreaker.builder()
            .failureThreshold(1)
            .ignore(
                thrown -> {
                  throw bad;
                })
            .build()) {
      IOException failure = new IOException("down");
      assertSame(failure, assertThrows(IOException.class, () -> broken.call(throwing(failure))));
      assertSame(bad, failure.getSuppressed()[0]);
      assertEquals(BreakerState.OPEN, broken.state());
    }
  }

  private static Callable<String> throwing(Exception thrown) {
    return () -> {
      throw thrown;
    };
  }

  /** A client that comes back after them must not be early. */
  @Test
  void secondsOfARefusalAreRoundedUp() {
    fail();
    fail();
    for (String[] each :
        new String[][] {
          {"PT0S", "30"}, {"PT0.000000001S", "30"}, {"PT28.9S", "2"}, {"PT0.6S", "1"}
        }) {
      clock.advance(Duration.parse(each[0]));
      CircuitOpenException refused =
          assertThrows(CircuitOpenException.class, breaker::enterOrThrow);
      assertEquals(each[1], refused.retryAfterHeader(), each[0]);
    }
    breaker.forceOpen();
    assertEquals(
        "9223372037",
        assertThrows(CircuitOpenException.class, breaker::enterOrThrow).retryAfterHeader());
    assertEquals("1", new ConcurrencyFullException("full").retryAfterHeader());
  }

  /** Else an answer of a tenth of a second would have clients told to come back in a minute. */
  @Test
  void whenATryEndsNobodyKnows() throws Exception {
    fail();
    fail();
    clock.advance(Duration.ofSeconds(30));
    long permit = breaker.enter();
    CircuitOpenException refused = assertThrows(CircuitOpenException.class, breaker::enterOrThrow);
    assertEquals(Duration.ZERO, refused.retryAfter());
    assertEquals(
        "the circuit breaker is half-open: as many calls as may are trying", refused.getMessage());
    assertEquals(60, breaker.retryAfter().toSeconds(), "then at the latest");
    breaker.exit(permit, true);
    assertEquals("up", breaker.call(() -> "up"));
  }

  @Test
  void cancellingGivesThePermitBack() {
    fail();
    fail();
    clock.advance(Duration.ofSeconds(30));
    CompletableFuture<String> answer = breaker.callAsync(CompletableFuture::new);
    assertEquals(CircuitBreaker.REFUSED, breaker.enter(), "the one half-open permit is out");
    answer.cancel(false);
    assertTrue(breaker.enter() > 0);
  }

  @Test
  void whatACallReturnsIsReturnedThoughTheBreakerIsClosed() throws Exception {
    CompletableFuture<String> good = new CompletableFuture<>();
    CompletableFuture<String> bad = new CompletableFuture<>();
    CompletableFuture<String> first = breaker.callAsync(() -> good);
    CompletableFuture<String> second = breaker.callAsync(() -> bad);
    assertEquals(
        "up",
        breaker.call(
            () -> {
              breaker.close();
              return "up";
            }));
    good.complete("up");
    assertEquals("up", first.join());
    IOException failure = new IOException("down");
    bad.completeExceptionally(failure);
    assertSame(failure, assertThrows(CompletionException.class, second::join).getCause());
    assertThrows(IllegalStateException.class, () -> breaker.call(() -> "up"));
  }

  @Test
  void whatACallThrowsIsThrownThoughTheBreakerIsClosed() {
    IOException failure = new IOException("down");
    assertSame(
        failure,
        assertThrows(
            IOException.class,
            () ->
                breaker.call(
                    () -> {
                      breaker.close();
                      throw failure;
                    })));
  }

  @Test
  void permitsAreReturnedOnce() {
    fail();
    fail();
    clock.advance(Duration.ofSeconds(30));
    long permit = breaker.enter();
    assertTrue(breaker.exit(permit, true));
    assertFalse(breaker.exit(permit, true));
    assertThrows(InvalidArgumentException.class, () -> breaker.exit(-1, true));
  }

  @Test
  void isForced() {
    breaker.forceOpen();
    assertEquals(Duration.ofNanos(CircuitBreaker.NEVER), breaker.retryAfter());
    assertEquals(
        "the circuit breaker is open; it stays so until it is reset",
        assertThrows(CircuitOpenException.class, breaker::enterOrThrow).getMessage());
    breaker.reset();
    assertEquals(BreakerState.CLOSED, breaker.state());
  }
}

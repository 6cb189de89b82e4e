// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawBreaker;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Whether a call to something that fails may be tried.
 *
 * <pre>{@code
 * Reply reply = breaker.call(() -> client.send(request)); // or CircuitOpenException
 * }</pre>
 *
 * <p>Closed, it lets every call through; failures in a row open it; after a time it is half-open
 * and lets a few try, whose successes close it. {@link #call} does all of it; {@link #enter},
 * {@link #exit} and {@link #cancel} are its parts, for calls that end elsewhere. Methods ending in
 * {@code At} are given the time of the breaker's clock in ns. Safe from every thread; no lock.
 */
public final class CircuitBreaker extends NativeResource {
  final RawBreaker raw;
  private final Predicate<? super Throwable> ignore;

  CircuitBreaker(RawBreaker raw) {
    this(raw, thrown -> false);
  }

  CircuitBreaker(RawBreaker raw, Predicate<? super Throwable> ignore) {
    super(raw);
    this.raw = raw;
    this.ignore = ignore;
  }

  /**
   * Makes the call if the breaker lets it. What it throws is a failure, unless {@link
   * Builder#ignore} says otherwise, and is thrown on; but an {@link InterruptedException} says
   * nothing of the service and is not counted.
   *
   * @param <T> what it returns
   * @param call the call
   * @return what it returned
   * @throws CircuitOpenException when it may not be tried
   * @throws Exception what the call threw
   */
  public <T> T call(Callable<? extends T> call) throws Exception {
    Objects.requireNonNull(call, "call");
    long permit = enterOrThrow();
    T answer;
    try {
      answer = call.call();
    } catch (Throwable thrown) {
      settle(permit, thrown);
      throw thrown;
    }
    settle(() -> exit(permit, true));
    return answer;
  }

  /**
   * Starts the call if the breaker lets it; its result counts when it is there. Cancelling the
   * future that is returned gives the permit back uncounted.
   *
   * @param <T> what it completes with
   * @param call starts the call
   * @return completed as the call is; with a {@link CircuitOpenException} when it may not be tried
   */
  public <T> CompletableFuture<T> callAsync(Supplier<? extends CompletionStage<T>> call) {
    Objects.requireNonNull(call, "call");
    CompletableFuture<T> answer = new CompletableFuture<>();
    long permit = enter();
    if (permit <= 0) {
      answer.completeExceptionally(refused());
      return answer;
    }
    AtomicBoolean settled = new AtomicBoolean();
    answer.whenComplete(
        (value, thrown) -> {
          if (settled.compareAndSet(false, true)) settle(() -> cancel(permit));
        });
    try {
      Objects.requireNonNull(call.get(), "the call returned null in place of a future")
          .whenComplete(
              (value, thrown) -> {
                if (settled.compareAndSet(false, true)) {
                  settle(() -> exit(permit, thrown == null || ignored(thrown)));
                }
                if (thrown == null) answer.complete(value);
                else answer.completeExceptionally(thrown);
              });
    } catch (Throwable thrown) {
      settle(permit, thrown);
      throw thrown;
    }
    return answer;
  }

  private void settle(long permit, Throwable thrown) {
    settle(
        () -> {
          if (thrown instanceof InterruptedException) cancel(permit);
          else exit(permit, ignored(thrown));
        });
  }

  /** Whether it is none of the service's failures. A stage hands on what failed in a wrapper. */
  private boolean ignored(Throwable thrown) {
    boolean wrapped = thrown instanceof CompletionException && thrown.getCause() != null;
    try {
      return ignore.test(wrapped ? thrown.getCause() : thrown);
    } catch (RuntimeException e) {
      thrown.addSuppressed(e);
      return false;
    }
  }

  /**
   * Asks to try a call, or throws.
   *
   * @return a permit
   * @throws CircuitOpenException when it may not be tried
   */
  public long enterOrThrow() {
    long permit = enter();
    if (permit <= 0) throw refused();
    return permit;
  }

  /** Half-open, {@link #retryAfter} is when a call that tries is given up at the latest. */
  private CircuitOpenException refused() {
    long wait = state() == BreakerState.HALF_OPEN ? 0 : retryAfter().toNanos();
    return new CircuitOpenException(raw.refusal(wait), wait);
  }

  /** Makes a {@link CircuitBreaker}. */
  public static final class Builder extends CircuitBreakerOptions<Builder> {
    private Predicate<? super Throwable> ignore = thrown -> false;

    /**
     * Which of what a call throws is no failure of the service, such as an answer that there is no
     * such thing: it counts as a success. None unless given.
     *
     * @param ignore whether so; what it throws itself is added to the call's, which is a failure
     *     then
     * @return this builder
     */
    public Builder ignore(Predicate<? super Throwable> ignore) {
      this.ignore = Objects.requireNonNull(ignore, "ignore");
      return this;
    }

    /**
     * Makes it.
     *
     * @return it, the caller's to close
     * @throws OptionException for an option that is unknown, missing or has a bad value
     */
    public CircuitBreaker build() {
      return new CircuitBreaker(make(), ignore);
    }
  }
}

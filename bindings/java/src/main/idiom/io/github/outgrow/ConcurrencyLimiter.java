// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Whether there is room for one more call in flight (a bulkhead).
 *
 * <pre>{@code
 * ConcurrencyLimiter limiter = ConcurrencyLimiter.builder().limit(8).build();
 * Reply reply = limiter.call(() -> client.send(request)); // or ConcurrencyFullException
 * }</pre>
 *
 * <p>At most {@code limit} calls are in flight at a time, over all threads, and in a {@link Scope}
 * over all processes of the machine. A permit that is not returned within {@code permit_ms} is
 * taken back, as is within 10 ms of being needed what a process held that is gone. {@link #call}
 * does all of it; {@link #enter} and {@link #exit} are its parts, for calls that end elsewhere.
 * Methods ending in {@code At} are given the time of the limiter's clock in ns. Safe from every
 * thread; no lock.
 */
public final class ConcurrencyLimiter extends NativeResource {
  /**
   * Makes the call if there is room, holding a permit until it has ended.
   *
   * @param <T> what it returns
   * @param call the call
   * @return what it returned
   * @throws ConcurrencyFullException when there is no room
   * @throws Exception what the call threw
   */
  public <T> T call(Callable<? extends T> call) throws Exception {
    Objects.requireNonNull(call, "call");
    long permit = enterOrThrow();
    try {
      return call.call();
    } finally {
      settle(() -> exit(permit));
    }
  }

  /**
   * Starts the call if there is room; the permit is held until its result is there, or until the
   * future that is returned is cancelled.
   *
   * @param <T> what it completes with
   * @param call starts the call
   * @return completed as the call is; with a {@link ConcurrencyFullException} when there is no room
   */
  public <T> CompletableFuture<T> callAsync(Supplier<? extends CompletionStage<T>> call) {
    Objects.requireNonNull(call, "call");
    CompletableFuture<T> answer = new CompletableFuture<>();
    long permit = enter();
    if (permit <= 0) {
      answer.completeExceptionally(new ConcurrencyFullException(refusal()));
      return answer;
    }
    AtomicBoolean returned = new AtomicBoolean();
    Runnable once =
        () -> {
          if (returned.compareAndSet(false, true)) settle(() -> exit(permit));
        };
    try {
      CompletionStage<T> running = Objects.requireNonNull(call.get(), "what the call gave");
      answer.whenComplete((value, thrown) -> once.run());
      running.whenComplete(
          (value, thrown) -> {
            once.run(); // first: who sees the answer finds room
            if (thrown == null) answer.complete(value);
            else answer.completeExceptionally(thrown);
          });
    } catch (Throwable thrown) {
      once.run();
      throw thrown;
    }
    return answer;
  }

  /**
   * Asks for room, or throws.
   *
   * @return a permit
   * @throws ConcurrencyFullException when there is none
   */
  public long enterOrThrow() {
    long permit = enter();
    if (permit <= 0) throw new ConcurrencyFullException(refusal());
    return permit;
  }
}

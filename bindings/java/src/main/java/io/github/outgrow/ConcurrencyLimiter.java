// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawConcurrency;
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
  /** What {@link #enter} answers when there is no room. */
  public static final long FULL = Constants.OG_FULL;

  final RawConcurrency raw;

  ConcurrencyLimiter(RawConcurrency raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make one.
   *
   * @return a builder, whose {@code limit} must be given
   */
  public static Builder builder() {
    return new Builder();
  }

  // ---- whole calls ----

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
      answer.completeExceptionally(new ConcurrencyFullException());
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

  // ---- permits ----

  /**
   * Asks for room. Return the permit with {@link #exit}.
   *
   * @return a permit, above 0, or {@link #FULL}
   */
  public long enter() {
    return Status.check(raw.enter(), "");
  }

  /**
   * Asks for room at a given time.
   *
   * @param now the time in ns
   * @return a permit, above 0, or {@link #FULL}
   */
  public long enterAt(long now) {
    return Status.check(raw.enterAt(now), "the time is negative: ", now);
  }

  /**
   * Asks for room, or throws.
   *
   * @return a permit
   * @throws ConcurrencyFullException when there is none
   */
  public long enterOrThrow() {
    long permit = enter();
    if (permit <= 0) throw new ConcurrencyFullException();
    return permit;
  }

  /**
   * The call is over, however it ended. Return a permit once.
   *
   * @param permit what {@link #enter} gave
   * @return whether it still stood: not when it was returned before, was taken back or is another
   *     process's
   */
  public boolean exit(long permit) {
    return Status.ok(raw.exit(permit), "no permit: ", permit);
  }

  /**
   * The call is over at a given time.
   *
   * @param permit what {@link #enter} gave
   * @param now the time in ns
   * @return whether it still stood: not when it was returned before, was taken back or is another
   *     process's
   */
  public boolean exitAt(long permit, long now) {
    return Status.ok(raw.exitAt(permit, now), "no permit: ", permit);
  }

  // ---- state ----

  /**
   * Calls in flight: reads all permits, and in a scope asks the kernel about their processes.
   *
   * @return permits that are out
   */
  public long inFlight() {
    return Status.check(raw.inFlight(), "");
  }

  /**
   * Calls in flight at a given time.
   *
   * @param now the time in ns
   * @return permits that are out
   */
  public long inFlightAt(long now) {
    return Status.check(raw.inFlightAt(now), "the time is negative: ", now);
  }

  /**
   * The option.
   *
   * @return how many may be in flight at a time
   */
  public long limit() {
    return Status.check(raw.limit(), "");
  }

  /**
   * A count since its creation, in a scope of all processes.
   *
   * @param which one of them
   * @return it
   */
  public long stat(ConcurrencyStat which) {
    return Status.check(raw.stat(Objects.requireNonNull(which, "which").code), "which");
  }

  /** Makes a {@link ConcurrencyLimiter}. */
  public static final class Builder extends ConcurrencyLimiterOptions<Builder> {
    private Clock clock;
    private Place place;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given.
     *
     * @param clock the limiter keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it in a scope, where the limit is that of every process that makes it under this name.
     *
     * @param scope where
     * @param name of at most 99 bytes
     * @return this builder
     */
    public Builder scope(Scope scope, String name) {
      this.place = new Place(scope, name);
      return this;
    }

    /**
     * Makes it.
     *
     * @return a limiter, the caller's to close
     * @throws OptionException for an option that is unknown, is missing or has a bad value
     */
    public ConcurrencyLimiter build() {
      return new ConcurrencyLimiter(
          create(
              config ->
                  place == null
                      ? RawConcurrency.create(config, Clock.raw(clock))
                      : RawConcurrency.createIn(
                          place.scope, place.name, config, Clock.raw(clock))));
    }
  }
}

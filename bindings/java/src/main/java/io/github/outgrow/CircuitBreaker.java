// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawBreaker;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
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
  /** What {@link #enter} answers when the call may not be tried. */
  public static final long REFUSED = Constants.OG_REFUSED;

  /** A wait without an end: of a breaker that is forced open. */
  public static final long NEVER = Constants.OG_NEVER;

  final RawBreaker raw;

  CircuitBreaker(RawBreaker raw) {
    super(raw);
    this.raw = raw;
  }

  /**
   * Starts to make one.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  // ---- whole calls ----

  /**
   * Makes the call if the breaker lets it. What it throws is a failure and is thrown on; but an
   * {@link InterruptedException} says nothing of the service and is not counted.
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
      answer.completeExceptionally(new CircuitOpenException(retryAfter()));
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
                if (settled.compareAndSet(false, true)) settle(() -> exit(permit, thrown == null));
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
          else exit(permit, false);
        });
  }

  // ---- permits ----

  /**
   * Asks to try a call. Return the permit with {@link #exit} or {@link #cancel}.
   *
   * @return a permit, above 0, or {@link #REFUSED}
   */
  public long enter() {
    return Status.check(raw.enter(), "");
  }

  /**
   * Asks to try a call at a given time.
   *
   * @param now the time in ns
   * @return a permit, above 0, or {@link #REFUSED}
   */
  public long enterAt(long now) {
    return Status.check(raw.enterAt(now), "the time is negative: ", now);
  }

  /**
   * Asks to try a call, or throws.
   *
   * @return a permit
   * @throws CircuitOpenException when it may not be tried
   */
  public long enterOrThrow() {
    long permit = enter();
    if (permit <= 0) throw new CircuitOpenException(retryAfter());
    return permit;
  }

  /**
   * The call's result. Return a permit once.
   *
   * @param permit what {@link #enter} gave
   * @param success whether it succeeded
   * @return whether it counted: not when the breaker changed state since, or took the permit back
   */
  public boolean exit(long permit, boolean success) {
    return Status.ok(raw.exit(permit, success ? 1 : 0), "no permit: ", permit);
  }

  /**
   * The call's result at a given time.
   *
   * @param permit what {@link #enter} gave
   * @param success whether it succeeded
   * @param now the time in ns
   * @return whether it counted: not when the breaker changed state since, or took the permit back
   */
  public boolean exitAt(long permit, boolean success, long now) {
    return Status.ok(raw.exitAt(permit, success ? 1 : 0, now), "no permit: ", permit);
  }

  /**
   * The call was not made, or its result says nothing.
   *
   * @param permit what {@link #enter} gave
   * @return whether it still stood
   */
  public boolean cancel(long permit) {
    return Status.ok(raw.cancel(permit), "no permit: ", permit);
  }

  /**
   * The call was not made, or its result says nothing, at a given time.
   *
   * @param permit what {@link #enter} gave
   * @param now the time in ns
   * @return whether it still stood
   */
  public boolean cancelAt(long permit, long now) {
    return Status.ok(raw.cancelAt(permit, now), "no permit: ", permit);
  }

  // ---- state ----

  /**
   * The state. An open breaker whose time is up is still open until a call enters.
   *
   * @return the state
   */
  public BreakerState state() {
    return BreakerState.of(raw.state());
  }

  /**
   * How long until an open breaker lets a call try.
   *
   * @return in ns; 0 when one may now, {@link #NEVER} when it is forced open
   */
  public long retryAfter() {
    return raw.retryAfter();
  }

  /**
   * How long, from a given time, until an open breaker lets a call try.
   *
   * @param now the time in ns
   * @return in ns; 0 when one may then, {@link #NEVER} when it is forced open
   */
  public long retryAfterAt(long now) {
    return Status.check(raw.retryAfterAt(now), "the time is negative: ", now);
  }

  /**
   * How often it has changed state.
   *
   * @return since its creation
   */
  public long transitions() {
    return raw.transitions();
  }

  /** Refuses until {@link #reset}. */
  public void forceOpen() {
    Status.check(raw.forceOpen(), "");
  }

  /** Lets everything through until {@link #reset}. */
  public void forceClosed() {
    Status.check(raw.forceClosed(), "");
  }

  /** Back to closed, from any state, with no failure counted. */
  public void reset() {
    Status.check(raw.reset(), "");
  }

  /** Makes a {@link CircuitBreaker}. */
  public static final class Builder extends CircuitBreakerOptions<Builder> {
    private Clock clock;
    private Place place;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given.
     *
     * @param clock the breaker keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it in a scope, where its state and counts are those of every process that makes it
     * under this name.
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
     * @return a breaker, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public CircuitBreaker build() {
      return new CircuitBreaker(
          create(
              config ->
                  place == null
                      ? RawBreaker.create(config, Clock.raw(clock))
                      : RawBreaker.createIn(place.scope, place.name, config, Clock.raw(clock))));
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.AllLimiters;
import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Whether a request of a key may pass, and if not, when: a token bucket or a sliding window for
 * each of many keys, in fixed memory.
 *
 * <pre>{@code
 * try (RateLimiter limiter = RateLimiter.builder().rate("100/s").burst(20).build()) {
 *   if (!limiter.tryAcquire(user)) return tooManyRequests();
 * }
 * }</pre>
 *
 * <p>Keys are any bytes; texts stand for their UTF-8. A request takes its cost, all or nothing.
 * Waits are in ns: 0 for one that passed, {@link #NEVER} for one that costs more than the limiter
 * ever holds. Methods ending in {@code At} are given the time of the limiter's clock. A negative
 * cost is an {@link InvalidArgumentException}. Safe from every thread; a decision takes no lock.
 */
public final class RateLimiter extends NativeResource {
  /** In place of a wait, for a cost of {@link #tryAcquireMany} that is negative. */
  public static final long INVALID = Constants.OG_INVALID_ARGUMENT;

  private static final int MOST_PARTS = 64;

  final RawLimiter raw;
  private final Scheduler scheduler;

  RateLimiter(RawLimiter raw) {
    this(raw, Scheduler.SHARED);
  }

  RateLimiter(RawLimiter raw, Scheduler scheduler) {
    super(raw);
    this.raw = raw;
    this.scheduler = scheduler;
  }

  /**
   * Takes 1, or throws.
   *
   * @param key whose
   * @throws RateLimitedException when it is over the rate
   */
  public void acquireOrThrow(String key) {
    long wait = tryAcquireNanos(key, 1);
    if (wait != 0) throw refused(wait);
  }

  /**
   * Takes 1 as soon as it can be had: in the order of the calls. No thread waits.
   *
   * @param key whose
   * @return completed when its turn has come
   * @see #acquire(byte[], long, Duration)
   */
  public CompletableFuture<Void> acquire(String key) {
    return acquire(Bytes.of(key, "key"), 1);
  }

  /**
   * Takes the cost as soon as it can be had: in the order of the calls. No thread waits.
   *
   * @param key whose
   * @param cost how much, at least 0
   * @return completed when its turn has come; with a {@link RateLimitedException} when it never
   *     does
   * @see #acquire(byte[], long, Duration)
   */
  public CompletableFuture<Void> acquire(byte[] key, long cost) {
    return waiting(key, cost, NEVER);
  }

  /**
   * Takes the cost as soon as it can be had: in the order of the calls, a large cost among small
   * ones too. No thread waits. Cancelling the future gives its turn back. With count_min and in a
   * fleet, which have no order, whoever asks first when there is room passes.
   *
   * @param key whose
   * @param cost how much, at least 0
   * @param maxWait how long it may take; the option maxWait bounds it too
   * @return completed when its turn has come; at once with a {@link RateLimitedException} when that
   *     is further away
   */
  public CompletableFuture<Void> acquire(byte[] key, long cost, Duration maxWait) {
    return waiting(key, cost, Bytes.timeout(maxWait, "maxWait"));
  }

  private Waiting waiting(byte[] key, long cost, long most) {
    Waiting waiting =
        new Waiting(this, scheduler, Objects.requireNonNull(key, "key").clone(), cost, most);
    waiting.whenComplete((nothing, thrown) -> waiting.ended());
    waiting.begin();
    return waiting;
  }

  /**
   * What this limiter is to give for a decision over several: {@link #tryAcquireAll}.
   *
   * @param key whose
   * @return a part of a cost of 1
   */
  public Part part(String key) {
    return part(key, 1);
  }

  /**
   * What this limiter is to give for a decision over several: {@link #tryAcquireAll}.
   *
   * @param key whose
   * @param cost how much it takes, at least 0
   * @return the part
   */
  public Part part(String key, long cost) {
    return new Part(this, Bytes.of(key, "key"), cost);
  }

  /**
   * What this limiter is to give for a decision over several: {@link #tryAcquireAll}.
   *
   * @param key whose: any bytes, none included
   * @param cost how much it takes, at least 0
   * @return the part
   */
  public Part part(byte[] key, long cost) {
    return new Part(this, Objects.requireNonNull(key, "key").clone(), cost);
  }

  /** A part of a decision over several limits: {@link #part}. It can be used again. */
  public static final class Part {
    final RateLimiter limiter;
    final byte[] key;
    final long cost;

    Part(RateLimiter limiter, byte[] key, long cost) {
      this.limiter = limiter;
      this.key = key;
      this.cost = cost;
    }
  }

  /**
   * One decision over several limits, such as a user's, a team's and one of all: takes what each is
   * to give, or nothing.
   *
   * <p>Parts for one key of one limiter are one part. A request that passed counts as allowed in
   * each of the limiters; one that was denied counts as denied in the one that is told, and nowhere
   * else. At most one of the limiters is a fleet's.
   *
   * @param parts what each is to give: {@link #part}; at most 64
   * @return whether it passed, and if not, when, and which part has it wait the longest
   * @throws InvalidArgumentException for a negative cost
   */
  public static AllAdmission tryAcquireAll(Part... parts) {
    long[] which = new long[1];
    long wait = AllLimiters.acquire(limiters(parts), keys(parts), costs(parts), which);
    return admission(wait, which[0], parts);
  }

  /**
   * {@link #tryAcquireAll} at a time of the limiters' clock.
   *
   * @param now the time, in ns
   * @param parts what each is to give: {@link #part}; at most 64
   * @return whether it passed, and if not, when, and which part has it wait the longest
   * @throws InvalidArgumentException for a negative cost or time
   */
  public static AllAdmission tryAcquireAllAt(long now, Part... parts) {
    long[] which = new long[1];
    long wait = AllLimiters.acquireAt(limiters(parts), keys(parts), costs(parts), now, which);
    return admission(wait, which[0], parts);
  }

  /**
   * {@link #tryAcquireAll}, or throws what the limiter that denied it says.
   *
   * @param parts what each is to give: {@link #part}; at most 64
   * @throws RateLimitedException when it is over one of the rates
   */
  public static void acquireAllOrThrow(Part... parts) {
    AllAdmission said = tryAcquireAll(parts);
    if (!said.passed()) throw parts[said.which()].limiter.refused(said.waitNanos());
  }

  private static RawLimiter[] limiters(Part[] parts) {
    RawLimiter[] all = new RawLimiter[Objects.requireNonNull(parts, "parts").length];
    if (all.length > MOST_PARTS) Status.check(INVALID, "parts: at most " + MOST_PARTS);
    for (int i = 0; i < all.length; i++) {
      all[i] = Objects.requireNonNull(parts[i], "parts").limiter.raw;
    }
    return all;
  }

  private static byte[] keys(Part[] parts) {
    List<byte[]> all = new ArrayList<>(parts.length);
    for (Part part : parts) all.add(part.key);
    return PackedBytes.of(all, "parts");
  }

  private static long[] costs(Part[] parts) {
    long[] all = new long[parts.length];
    for (int i = 0; i < all.length; i++) all[i] = parts[i].cost;
    return all;
  }

  private static AllAdmission admission(long wait, long which, Part[] parts) {
    if (wait < 0) {
      Status.check(
          wait,
          which >= 0
              ? "part " + which + " has a cost of " + parts[(int) which].cost
              : "the time is negative");
    }
    return new AllAdmission(wait, which >= 0 ? (int) which : -1);
  }

  /**
   * Reserves an amount for a minute, on an estimate, or throws.
   *
   * <pre>{@code
   * try (Reservation reserved = limiter.reserve(user, 500)) {
   *   reserved.settle(model.answer(prompt).tokens());
   * }
   * }</pre>
   *
   * @param key whose
   * @param amount how much it is thought to take, at least 0
   * @return what to settle with what it took; closed without that it is cancelled
   * @throws RateLimitedException when it is over the rate
   */
  public Reservation reserve(String key, long amount) {
    return reserve(Bytes.of(key, "key"), amount, Duration.ofMinutes(1));
  }

  /**
   * Reserves an amount, on an estimate, or throws.
   *
   * @param key whose
   * @param amount how much it is thought to take, at least 0
   * @param within how long it may stay reserved, up to a day
   * @return what to settle with what it took; closed without that it is cancelled
   * @throws RateLimitedException when it is over the rate
   */
  public Reservation reserve(byte[] key, long amount, Duration within) {
    Objects.requireNonNull(within, "within");
    long number = tryReserve(key, amount, within);
    if (number <= 0) throw refused(raw.peek(key, amount));
    return new Reservation(this, key.clone(), number);
  }

  private RateLimitedException refused(long wait) {
    return new RateLimitedException(raw.refusal(wait), wait);
  }

  private static long checked(long answer, long cost) {
    return answer >= 0 ? answer : refuse(answer, cost);
  }

  private static long refuse(long answer, long cost) {
    return Status.check(
        answer,
        cost < 0
            ? "cost is negative: " + cost
            : "the time is more than nine years after the first decision");
  }

  /** Makes a {@link RateLimiter}. */
  public static final class Builder extends RateLimiterOptions<Builder> {
    private Scheduler scheduler = Scheduler.SHARED;

    /**
     * What waits for {@link RateLimiter#acquire}: a daemon thread of the library's unless given.
     *
     * @param scheduler such as one that follows a manual clock
     * @return this builder
     */
    public Builder scheduler(Scheduler scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /**
     * Makes it.
     *
     * @return it, the caller's to close
     * @throws OptionException for an option that is unknown, missing or has a bad value
     */
    public RateLimiter build() {
      return new RateLimiter(make(), scheduler);
    }
  }

  /**
   * A request that waits: for its turn, or where none are given by trying when the library says it
   * can pass. It holds one task that is scheduled and one callback that cancels it.
   */
  private static final class Waiting extends CompletableFuture<Void> implements Runnable {
    private static final long NO_TURN = -1;

    private final RateLimiter limiter;
    private final Scheduler scheduler;
    private final byte[] key;
    private final long cost;
    private final long most;
    private final long begun = System.nanoTime();
    private volatile Scheduler.Scheduled next = () -> {};
    private volatile long turn = NO_TURN;

    Waiting(RateLimiter limiter, Scheduler scheduler, byte[] key, long cost, long most) {
      this.limiter = limiter;
      this.scheduler = scheduler;
      this.key = key;
      this.cost = cost;
      this.most = most;
    }

    void begin() {
      try {
        long[] said = new long[2];
        long wait = limiter.raw.reserveSlot(key, cost, most, said);
        if (wait == Constants.OG_UNSUPPORTED) {
          run();
        } else if (checked(wait, cost) != 0) {
          completeExceptionally(limiter.refused(wait));
        } else if (said[0] == 0) {
          complete(null);
        } else {
          turn = said[1];
          schedule(said[0]);
        }
      } catch (Throwable thrown) {
        completeExceptionally(thrown);
      }
    }

    @Override
    public void run() {
      if (isDone()) return;
      try {
        boolean isTurn = turn != NO_TURN;
        turn = NO_TURN;
        long wait = isTurn ? limiter.raw.peek(key, 0) : limiter.tryAcquireNanos(key, cost);
        if (wait == 0) {
          complete(null); // where it is closed, the call above has thrown
        } else if (wait == NEVER || wait > most - waited()) {
          completeExceptionally(limiter.refused(wait));
        } else {
          schedule(wait);
        }
      } catch (Throwable thrown) {
        completeExceptionally(thrown);
      }
    }

    private long waited() {
      return most == NEVER ? 0 : System.nanoTime() - begun;
    }

    private void schedule(long wait) {
      next = scheduler.schedule(this, Duration.ofNanos(wait));
      if (isDone()) ended(); // completed before it could be seen
    }

    /** Passed, cancelled, or failed: with a turn that it holds, before that has come. */
    void ended() {
      next.cancel();
      long at = turn;
      if (at == NO_TURN) return;
      turn = NO_TURN;
      try {
        limiter.raw.cancelSlot(key, cost, at);
      } catch (IllegalStateException closed) {
        // It was closed.
      }
    }
  }
}

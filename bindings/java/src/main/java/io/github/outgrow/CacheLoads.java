// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.LoadsUnderWay.Load;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Single flight over a cache's leases. Who is told to wait waits for the load that is under way
 * here, or, when the lease is held elsewhere, asks again after a while.
 *
 * <p>A lease falls by the cache's clock and threads wait in real time. A manual clock may stand for
 * ever, so that a thread asks it again every millisecond, and loads for itself once it has waited
 * for as long as the lease would have stood; {@link CachedStore} does so at once.
 */
final class CacheLoads<K, V> {
  private static final long ASK_AGAIN_NANOS = LoadsUnderWay.ASK_AGAIN_NANOS;

  /**
   * With a manual clock: for a lease that is held elsewhere, or begins to be loaded here just now.
   */
  private static final long LEAST_WAIT_NANOS = 100 * ASK_AGAIN_NANOS;

  private final Cache<K, V> cache;
  private final Scheduler scheduler;
  private final boolean manual;
  private final LoadsUnderWay underWay;

  CacheLoads(Cache<K, V> cache, Scheduler scheduler, boolean manual) {
    this.cache = cache;
    this.scheduler = scheduler;
    this.manual = manual;
    this.underWay = new LoadsUnderWay(manual);
  }

  /**
   * Closed meanwhile, the cache keeps nothing. A value that it cannot keep leaves no lease behind.
   */
  private void fill(byte[] key, long lease, V value, Load load) {
    try {
      cache.settle(() -> cache.keep(key, lease, value));
    } catch (Throwable thrown) {
      load.fails(thrown);
      giveUp(key, lease, thrown);
      throw thrown;
    }
  }

  /** What made it necessary is what the caller is told. */
  private void giveUp(byte[] key, long lease, Throwable thrown) {
    try {
      cache.settle(() -> cache.giveUpLoad(key, lease));
    } catch (Throwable second) {
      thrown.addSuppressed(second);
    }
  }

  /** What the load threw that was waited for, unless there is a value by now; null to go on. */
  private Throwable told(byte[] key, Lookup<V> found, Load waited) {
    Throwable failure = Load.failure(waited);
    if (failure == null) return null;
    if (found.outcome() == Lookup.Outcome.LEASE) giveUp(key, found.lease(), failure);
    else if (found.outcome() != Lookup.Outcome.WAIT) return null;
    return failure;
  }

  // ---- threads ----

  <E extends Exception> V get(K key, Loader<? super K, ? extends V, E> loader) throws E {
    byte[] bytes = cache.encode(key);
    long started = 0;
    Load waited = null;
    while (true) {
      Lookup<V> found = cache.getOrLease(bytes);
      Throwable failure = told(bytes, found, waited);
      if (failure != null) throw LoadsUnderWay.<E>thrown(failure);
      switch (found.outcome()) {
        case LEASE:
          return load(key, bytes, found.lease(), loader);
        case WAIT:
          long now = System.nanoTime();
          if (started == 0) started = now;
          Load other = underWay.of(bytes);
          if (manual && now - started >= longest(other, found.waitNanos())) return loader.load(key);
          underWay.await(other, found.waitNanos());
          if (other != null) waited = other;
          break;
        default:
          return found.value();
      }
    }
  }

  private static long longest(Load load, long waitNanos) {
    return load == null ? LEAST_WAIT_NANOS : Math.max(waitNanos, LEAST_WAIT_NANOS);
  }

  private <E extends Exception> V load(
      K key, byte[] bytes, long lease, Loader<? super K, ? extends V, E> loader) throws E {
    Load load = underWay.begin(bytes);
    try {
      V value;
      try {
        value = loader.load(key);
      } catch (Throwable thrown) {
        load.fails(thrown);
        giveUp(bytes, lease, thrown);
        throw thrown;
      }
      fill(bytes, lease, value, load);
      return value;
    } finally {
      underWay.end(bytes, load);
    }
  }

  // ---- futures ----

  CompletableFuture<V> getAsync(
      K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
    Asking asking = new Asking(key, cache.encode(key).clone(), loader);
    asking.whenComplete((value, thrown) -> asking.wait.stop());
    asking.ask();
    return asking;
  }

  /**
   * A caller without a thread, whose key's bytes may be others by the time that it ends. However
   * often it asks again, it holds one wait and one callback.
   */
  private final class Asking extends CompletableFuture<V> {
    private final K key;
    private final byte[] bytes;
    private final Function<? super K, ? extends CompletionStage<? extends V>> loader;
    private volatile Wait wait = new Wait(this, null);
    private volatile Load waited; // the last that it waited for

    Asking(
        K key, byte[] bytes, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
      this.key = key;
      this.bytes = bytes;
      this.loader = loader;
    }

    void ask() {
      if (isDone()) return;
      try {
        Lookup<V> found = cache.getOrLease(bytes);
        Throwable failure = told(bytes, found, waited);
        if (failure != null) throw failure;
        switch (found.outcome()) {
          case LEASE:
            load(found.lease());
            break;
          case WAIT:
            askAgain(found.waitNanos());
            break;
          default:
            complete(found.value());
        }
      } catch (Throwable thrown) {
        completeExceptionally(thrown);
      }
    }

    private void askAgain(long waitNanos) {
      Load load = underWay.of(bytes);
      if (load != null) waited = load;
      Wait next = new Wait(this, load);
      wait = next;
      next.timeout = scheduler.schedule(next, Duration.ofNanos(delay(load, waitNanos)));
      if (load != null) load.whenEnded(next);
      if (isDone() || next.woken.get()) next.stop(); // before all of it could be seen
    }

    /**
     * The shared scheduler goes by real time: it must not ask in a loop while a manual clock
     * stands.
     */
    private long delay(Load load, long waitNanos) {
      long least = manual && scheduler == Scheduler.SHARED ? ASK_AGAIN_NANOS : 1;
      return Math.max(load == null ? Math.min(waitNanos, ASK_AGAIN_NANOS) : waitNanos, least);
    }

    private void load(long lease) {
      Load load = underWay.begin(bytes);
      AtomicBoolean settled =
          new AtomicBoolean(); // by the load's end or by a cancelling, whichever is first
      whenComplete(
          (value, thrown) -> {
            if (isCancelled() && settled.compareAndSet(false, true)) {
              giveUp(bytes, lease, thrown);
              underWay.end(bytes, load);
            }
          });
      try {
        CompletionStage<? extends V> loading =
            Objects.requireNonNull(
                loader.apply(key), "the loader returned null in place of a future");
        load.returned();
        loading.whenComplete((value, thrown) -> loaded(lease, load, settled, value, thrown));
      } catch (Throwable thrown) {
        loaded(lease, load, settled, null, thrown);
      }
    }

    private void loaded(long lease, Load load, AtomicBoolean settled, V value, Throwable thrown) {
      if (!settled.compareAndSet(false, true)) return;
      Throwable failure = thrown;
      try {
        if (thrown == null) {
          fill(bytes, lease, value, load);
        } else {
          load.fails(thrown);
          giveUp(bytes, lease, thrown);
        }
      } catch (Throwable unkept) {
        failure = unkept;
      }
      underWay.end(bytes, load);
      if (failure == null) complete(value);
      else completeExceptionally(failure);
    }
  }

  /** Until a load ends or the time is up, whichever is first: then who waited asks again. */
  private static final class Wait implements Runnable {
    private final CacheLoads<?, ?>.Asking asking;
    private final Load load;
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile Scheduler.Scheduled timeout = () -> {};

    Wait(CacheLoads<?, ?>.Asking asking, Load load) {
      this.asking = asking;
      this.load = load;
    }

    @Override
    public void run() {
      if (!woken.compareAndSet(false, true)) return;
      stop();
      asking.ask();
    }

    void stop() {
      if (load != null) load.leave(this);
      timeout.cancel();
    }
  }
}

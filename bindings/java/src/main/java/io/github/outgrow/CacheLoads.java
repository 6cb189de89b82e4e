// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * Single flight over a cache's leases. Who is told to wait waits for the future of the load that is
 * under way here, or, when the lease is held elsewhere, asks again after a while.
 */
final class CacheLoads<K, V> {
  private static final long ASK_AGAIN_NANOS = 1_000_000;

  private final Cache<K, V> cache;
  private final Scheduler scheduler;
  /** By key: ends when its load does, whichever way. */
  private final Map<ByteBuffer, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  CacheLoads(Cache<K, V> cache, Scheduler scheduler) {
    this.cache = cache;
    this.scheduler = scheduler;
  }

  <E extends Exception> V get(K key, Loader<? super K, ? extends V, E> loader) throws E {
    byte[] bytes = cache.encode(key);
    while (true) {
      Lookup<V> found = cache.getOrLease(bytes);
      switch (found.outcome()) {
        case LEASE:
          return load(key, ByteBuffer.wrap(bytes), found.lease(), loader);
        case WAIT:
          await(underWay.get(ByteBuffer.wrap(bytes)), found.waitNanos());
          break;
        default:
          return found.value();
      }
    }
  }

  private <E extends Exception> V load(K key, ByteBuffer bytes, long lease,
      Loader<? super K, ? extends V, E> loader) throws E {
    CompletableFuture<Void> ended = begin(bytes);
    boolean filled = false;
    try {
      V value = loader.load(key);
      fill(key, lease, value);
      filled = true;
      return value;
    } finally {
      if (!filled) cache.giveUp(key, lease);
      end(bytes, ended);
    }
  }

  private static void await(CompletableFuture<Void> load, long waitNanos) {
    try {
      if (load == null) {
        TimeUnit.NANOSECONDS.sleep(Math.min(waitNanos, ASK_AGAIN_NANOS));
      } else {
        load.get(waitNanos, TimeUnit.NANOSECONDS);
      }
    } catch (TimeoutException e) {
      // The lease has fallen: ask again.
    } catch (ExecutionException e) {
      throw new AssertionError("a load's end does not fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted while another loads the key").initCause(e);
    }
  }

  CompletableFuture<V> getAsync(K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
    CompletableFuture<V> answer = new CompletableFuture<>();
    ask(key, cache.encode(key), loader, answer);
    return answer;
  }

  private void ask(K key, byte[] bytes, Function<? super K, ? extends CompletionStage<? extends V>> loader,
      CompletableFuture<V> answer) {
    if (answer.isDone()) return;
    try {
      Lookup<V> found = cache.getOrLease(bytes);
      switch (found.outcome()) {
        case LEASE:
          loadAsync(key, ByteBuffer.wrap(bytes), found.lease(), loader, answer);
          break;
        case WAIT:
          askAgain(key, bytes, loader, answer, found.waitNanos());
          break;
        default:
          answer.complete(found.value());
      }
    } catch (Throwable thrown) {
      answer.completeExceptionally(thrown);
    }
  }

  private void askAgain(K key, byte[] bytes, Function<? super K, ? extends CompletionStage<? extends V>> loader,
      CompletableFuture<V> answer, long waitNanos) {
    CompletableFuture<Void> load = underWay.get(ByteBuffer.wrap(bytes));
    long most = load == null ? Math.min(waitNanos, ASK_AGAIN_NANOS) : waitNanos;
    CompletableFuture<Void> again = new CompletableFuture<>();
    Scheduler.Scheduled timeout = scheduler.schedule(() -> again.complete(null), Duration.ofNanos(Math.max(most, 1)));
    if (load != null) load.whenComplete((nothing, thrown) -> again.complete(null));
    answer.whenComplete((value, thrown) -> again.complete(null));
    again.whenComplete((nothing, thrown) -> {
      timeout.cancel();
      ask(key, bytes, loader, answer);
    });
  }

  private void loadAsync(K key, ByteBuffer bytes, long lease,
      Function<? super K, ? extends CompletionStage<? extends V>> loader, CompletableFuture<V> answer) {
    CompletableFuture<Void> ended = begin(bytes);
    AtomicBoolean settled = new AtomicBoolean(); // by the load's end or by a cancelling, whichever is first
    answer.whenComplete((value, thrown) -> {
      if (answer.isCancelled() && settled.compareAndSet(false, true)) {
        cache.giveUp(key, lease);
        end(bytes, ended);
      }
    });
    CompletionStage<? extends V> load;
    try {
      load = loader.apply(key);
    } catch (Throwable thrown) {
      load = CompletableFuture.failedFuture(thrown);
    }
    load.whenComplete((value, thrown) -> {
      try {
        if (settled.compareAndSet(false, true)) {
          if (thrown == null) fill(key, lease, value);
          else cache.giveUp(key, lease);
        }
      } catch (Throwable ours) {
        answer.completeExceptionally(ours);
      }
      end(bytes, ended);
      if (thrown == null) answer.complete(value);
      else answer.completeExceptionally(thrown);
    });
  }

  private CompletableFuture<Void> begin(ByteBuffer key) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    underWay.put(key, ended);
    return ended;
  }

  /** After its lease is settled: who waited asks again at once. */
  private void end(ByteBuffer key, CompletableFuture<Void> ended) {
    underWay.remove(key, ended);
    ended.complete(null);
  }

  private void fill(K key, long lease, V value) {
    if (value == null) cache.fillAbsent(key, lease, null);
    else cache.fill(key, lease, value);
  }
}

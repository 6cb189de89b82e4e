// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawBatch;
import io.github.outgrow.raw.RawCachedStore;
import io.github.outgrow.raw.RawDeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A cache and a store as one: cache-aside, write-through or write-behind. What a write does is the
 * option {@code mode}; reading is the cache, else one caller loads the key from the store.
 *
 * <p>Write-behind: the buffer is written out by a thread of the library's, or, over a {@link
 * CustomStore} or with a manual clock, by {@link #pump} or {@link #takeBatch}, to be called when
 * {@link #dueIn} says. Each key's writes reach the store in their order; one that fails too often
 * becomes a dead letter.
 *
 * <p>Close it: a program that ends without flushes it by a shutdown hook, for up to {@code
 * drain_ms}, and loses what is written after that.
 *
 * <p>An interrupt ends what a call waits for in the library, within 0.1 s: another thread's load or
 * write, room in the buffer, a locked SQLite file. The call is then a {@link
 * java.util.concurrent.CancellationException}, and the thread stays interrupted. A {@link
 * CustomStore} waits as its own code does.
 *
 * <p>The store's errors are {@link StoreException}s. Methods ending in {@code At} are given the
 * time of its clock in ns. Safe from every thread.
 *
 * @param <K> keys, as the cache has them
 * @param <V> values, as the cache has them
 */
public final class CachedStore<K, V> extends NativeResource {
  private static final long SLICE_NS = 50_000_000;

  final RawCachedStore raw;
  private final Cache<K, V> cache;
  private final boolean custom;

  CachedStore(RawCachedStore raw, Cache<K, V> cache, boolean custom) {
    super(raw);
    this.raw = raw;
    this.cache = cache;
    this.custom = custom;
    ExitFlush.of(raw, guard, custom);
  }

  /** Makes a call in which a custom store's methods may be called. */
  private <T> T told(Supplier<T> call) {
    return custom ? CustomStoreFailure.told(call) : call.get();
  }

  /**
   * Writes what is buffered, for up to {@code drain_ms}, and gives up the native memory. An
   * interrupt ends the writing; the thread stays interrupted.
   *
   * @throws StoreException after that, when buffered writes had not reached the store: they are
   *     lost, but for those being written just then. {@link #closeWrites} leaves them as dead
   *     letters; dead letters of before go without a word
   */
  @Override
  public void close() {
    long lost = 0;
    try {
      if (!isClosed()) lost = drained();
    } catch (IllegalStateException e) {
      // Another thread closes it.
    } finally {
      super.close();
    }
    if (Status.check(lost, "close") > 0) {
      throw new StoreException(
          ErrorCode.STORE, "closed with " + lost + " writes that had not reached the store", null);
    }
  }

  /**
   * How many writes had not reached the store. Writing ends, whatever the store threw meanwhile.
   */
  private long drained() {
    Error thrown = null;
    try {
      writtenOut(raw.stat(CachedStoreStat.DRAIN_TIME.code), 1);
    } catch (Error e) {
      thrown = e;
    }
    long lost = raw.close(0);
    if (thrown != null) throw thrown;
    return lost;
  }

  /**
   * Reads.
   *
   * @param key the key
   * @return the value, or null when the key does not exist
   */
  public V get(K key) {
    return find(key).value();
  }

  /**
   * Waits until everything written before is in the store or a dead letter. An interrupt ends the
   * waiting; the thread stays interrupted.
   *
   * @param timeout for how long; zero does not wait
   * @return how many writes are not
   */
  public long flush(Duration timeout) {
    return writtenOut(Bytes.timeout(timeout, "timeout"), 0);
  }

  // In slices, so that an interrupt is seen. A wait that is back before its time will not help: the
  // flush has tried what it can.
  private long writtenOut(long timeout, int closing) {
    long flush = Status.check(raw.beginFlush(closing), "timeout");
    long begun = System.nanoTime();
    for (long spent = 0; ; ) {
      long slice = Math.min(SLICE_NS, timeout - spent);
      long before = System.nanoTime();
      long left = Status.check(told(() -> raw.awaitFlush(flush, slice)), "timeout");
      long now = System.nanoTime();
      spent = now - begun;
      boolean ended = left == 0 || spent >= timeout || now - before < slice;
      if (ended || Thread.currentThread().isInterrupted()) return left;
    }
  }

  /**
   * Refuses writes from now on and flushes; reading goes on. An interrupt ends the flush; the
   * thread stays interrupted.
   *
   * @param timeout for how long; zero does not wait
   * @return how many writes did not reach the store: dead letters now, or in a batch that is not
   *     done; dead letters of before are not counted
   */
  public long closeWrites(Duration timeout) {
    writtenOut(Bytes.timeout(timeout, "timeout"), 1);
    return Status.check(told(() -> raw.close(0)), "timeout");
  }

  private List<DeadLetter<K, V>> letters(RawDeadLetters letters) {
    try {
      List<DeadLetter<K, V>> all = new ArrayList<>();
      for (long i = 0, count = letters.count(); i < count; ++i) all.add(letter(letters, i));
      return all;
    } finally {
      letters.retire();
    }
  }

  private DeadLetter<K, V> letter(RawDeadLetters letters, long index) {
    byte[][] pair = {new byte[0], new byte[0]};
    byte[][] message = new byte[1][];
    long[] attempts = new long[1];
    boolean deletes = letters.at(index, pair) == Constants.OG_ABSENT;
    int reason = letters.reason(index, attempts, message);
    return new DeadLetter<>(
        cache.keys.decode(pair[0]),
        decode(deletes ? null : pair[1]),
        ErrorCode.of(reason),
        attempts[0],
        message[0] == null ? "" : Bytes.text(message[0]));
  }

  private byte[] encode(K key) {
    return cache.encode(key);
  }

  private byte[] encodeValue(V value) {
    return cache.values.encode(Objects.requireNonNull(value, "value"));
  }

  private byte[] pack(Collection<? extends K> keys) {
    return cache.pack(keys);
  }

  private Found<V> found(byte[] value, long[] answer) {
    return new Found<>(decode(value), ValueSource.of((int) answer[1]));
  }

  private List<V> found(byte[][] values, long[] outcomes) {
    for (long outcome : outcomes) Status.check(outcome, "the time is negative");
    List<V> all = new ArrayList<>(values.length);
    for (byte[] value : values) all.add(decode(value));
    return all;
  }

  private V decode(byte[] value) {
    return value == null ? null : cache.values.decode(value);
  }

  private Optional<Batch> batch(RawBatch taken) {
    return taken == null ? Optional.empty() : Optional.of(new Batch(taken, raw));
  }

  /** Makes a {@link CachedStore}. */
  public static final class Builder extends CachedStoreOptions<Builder> {
    /**
     * Makes it.
     *
     * @param <K> keys
     * @param <V> values
     * @param cache its own: no other cached store may use it
     * @param store the system of record
     * @return a cached store, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public <K, V> CachedStore<K, V> build(Cache<K, V> cache, Store store) {
      Objects.requireNonNull(cache, "cache");
      Objects.requireNonNull(store, "store");
      return new CachedStore<>(make(cache, store), cache, store.custom);
    }
  }
}

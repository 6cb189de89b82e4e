// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Values by key in native memory, within a budget of bytes or entries, each for its time to live.
 *
 * <pre>{@code
 * try (Cache<String, String> cache = Cache.builder().ttl("1s").build(Codec.text(), Codec.text())) {
 *   String name = cache.get("user:1", key -> database.nameOf(key));
 * }
 * }</pre>
 *
 * <p>{@link #get(Object, Loader)} loads a key once however many ask for it: the first gets a lease,
 * the others wait, or take the value that expired less than {@code stale_ms} ago. A lease falls
 * when the key is written, so that a slow load never puts an old value over a newer one. Absences
 * are cached too. {@link #getOrLease} and {@link #fill} are its parts.
 *
 * <p>A time to live of null is {@code ttl_ms} or {@code negative_ttl_ms}; {@link Duration#ZERO} is
 * for ever. Methods ending in {@code At} are given the time of the cache's clock in ns. Safe from
 * every thread; hits take no lock.
 *
 * @param <K> keys, as their codec's bytes
 * @param <V> values, as their codec's bytes
 */
public final class Cache<K, V> extends NativeResource {
  /** In place of a size, of {@link #copy}: not cached. */
  public static final long MISS = Constants.OG_MISS;

  /** In place of a size, of {@link #copy}: known not to exist. */
  public static final long ABSENT = Constants.OG_ABSENT;

  final RawCache raw;
  final Codec<K> keys;
  final Codec<V> values;
  private final CacheLoads<K, V> loads;

  Cache(RawCache raw, Codec<K> keys, Codec<V> values, Scheduler scheduler, boolean manual) {
    super(raw);
    this.raw = raw;
    this.keys = keys;
    this.values = values;
    this.loads = new CacheLoads<>(this, scheduler, manual);
  }

  /**
   * A fresh value.
   *
   * @param key the key
   * @return the value, or null when it is not cached or known not to exist
   */
  public V get(K key) {
    byte[] value = raw.pin(encode(key), new long[2]);
    return value == null ? null : values.decode(value);
  }

  /**
   * The value, loaded if it is not cached. Of callers of the same key one loads, on its own thread;
   * the others wait for it. With a manual clock no lease falls by itself: who waits looks at the
   * clock again each millisecond, and loads for itself, uncached, after as much real time as the
   * lease still had, or after a tenth of a second when the lease was taken by {@link #getOrLease}.
   * Closed meanwhile, the cache keeps nothing; what is under way ends as the loader does.
   *
   * @param <E> what the loader throws
   * @param key the key
   * @param loader loads it; null from it is cached as an absence
   * @return the value, or null when the key does not exist
   * @throws E what the loader threw; nothing is cached then. Whoever waited for it is thrown the
   *     same
   * @throws IllegalStateException when the loader of the key, on its own thread, asks for the key
   *     again
   * @throws java.util.concurrent.CancellationException when the thread is interrupted as it waits
   */
  public <E extends Exception> V get(K key, Loader<? super K, ? extends V, E> loader) throws E {
    return loads.get(key, Objects.requireNonNull(loader, "loader"));
  }

  /**
   * The value, loaded if it is not cached. Of callers of the same key one loads; no thread waits.
   *
   * @param key the key
   * @param loader starts to load it; null is cached as an absence
   * @return completed with the value, or null when the key does not exist; as the load is, when it
   *     failed, and so is whoever waited for it. Cancelling it gives the lease back. A loader that
   *     asks for its own key before it returns is told so by an {@link IllegalStateException}; what
   *     it asks later, on another thread, waits until the lease falls. With a manual clock, give
   *     the builder a scheduler that follows it
   */
  public CompletableFuture<V> getAsync(
      K key, Function<? super K, ? extends CompletionStage<? extends V>> loader) {
    return loads.getAsync(key, Objects.requireNonNull(loader, "loader"));
  }

  /**
   * Copies a fresh value's bytes into an array of the caller's.
   *
   * @param key the key
   * @param into gets as many of them as it has room for
   * @return the value's size, {@link #MISS} or {@link #ABSENT}
   */
  public long copy(K key, byte[] into) {
    return raw.get(encode(key), Objects.requireNonNull(into, "into"));
  }

  /**
   * Copies the bytes of a value fresh at a given time into an array of the caller's.
   *
   * @param key the key
   * @param nowNanos the time in ns
   * @param into gets as many of them as it has room for
   * @return as {@link #copy}
   */
  public long copyAt(K key, long nowNanos, byte[] into) {
    return Status.check(
        raw.getAt(encode(key), nowNanos, Objects.requireNonNull(into, "into")),
        "the time is negative");
  }

  Lookup<V> getOrLease(byte[] key) {
    long[] answer = new long[2];
    return leased(raw.getOrLease(key, answer), answer);
  }

  /** What was loaded by the lease of these bytes, whatever the key's object says by now. */
  void keep(byte[] key, long lease, V loaded) {
    Stored.of(
        loaded == null
            ? raw.fillAbsent(key, lease, ttl(null))
            : raw.fill(key, lease, encodeValue(loaded), ttl(null)));
  }

  void giveUpLoad(byte[] key, long lease) {
    Status.ok(raw.giveUp(key, lease), "no lease: ", lease);
  }

  byte[] encode(K key) {
    return keys.encode(Objects.requireNonNull(key, "key"));
  }

  private byte[] encodeValue(V value) {
    return values.encode(Objects.requireNonNull(value, "value"));
  }

  byte[] pack(Collection<? extends K> keys) {
    List<byte[]> all = new ArrayList<>(keys.size());
    for (K key : keys) all.add(encode(key));
    return PackedBytes.of(all, "keys");
  }

  static long ttl(Duration ttl) {
    return ttl == null ? Constants.OG_CACHE_DEFAULT_TTL : Bytes.elapsed(ttl, "ttl");
  }

  private Lookup<V> looked(byte[] value, long[] answer) {
    return looked(value, answer[0]);
  }

  private Lookup<V> looked(byte[] value, long outcome) {
    if (value != null) return new Lookup<>(Lookup.Outcome.FOUND, values.decode(value), 0, 0);
    boolean absent = Status.check(outcome, "the time is negative") == Constants.OG_ABSENT;
    return new Lookup<>(absent ? Lookup.Outcome.ABSENT : Lookup.Outcome.MISS, null, 0, 0);
  }

  private List<Lookup<V>> looked(byte[][] values, long[] outcomes) {
    List<Lookup<V>> all = new ArrayList<>(outcomes.length);
    for (int i = 0; i < outcomes.length; ++i) all.add(looked(values[i], outcomes[i]));
    return all;
  }

  private Lookup<V> leased(byte[] value, long[] answer) {
    V decoded = value == null ? null : values.decode(value);
    if (answer[0] > 0) return new Lookup<>(Lookup.Outcome.LEASE, decoded, answer[0], 0);
    return new Lookup<>(
        outcome(Status.check(answer[0], "the time is negative")), decoded, 0, answer[1]);
  }

  private static Lookup.Outcome outcome(long answer) {
    if (answer == Constants.OG_OK) return Lookup.Outcome.FOUND;
    if (answer == Constants.OG_ABSENT) return Lookup.Outcome.ABSENT;
    return answer == Constants.OG_STALE ? Lookup.Outcome.STALE : Lookup.Outcome.WAIT;
  }

  /** Makes a {@link Cache}. */
  public static final class Builder extends CacheOptions<Builder> {
    private Scheduler scheduler = Scheduler.SHARED;

    /**
     * What waits for {@link Cache#getAsync}: a daemon thread of the library's unless given.
     *
     * @param scheduler such as one that follows a manual clock
     * @return this builder
     */
    public Builder scheduler(Scheduler scheduler) {
      this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
      return this;
    }

    /**
     * Makes a cache of bytes by text.
     *
     * @return a cache, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Cache<String, byte[]> build() {
      return build(Codec.text(), Codec.bytes());
    }

    /**
     * Makes a cache.
     *
     * @param <K> keys
     * @param <V> values
     * @param keys how keys become bytes
     * @param values how values become bytes
     * @return a cache, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public <K, V> Cache<K, V> build(Codec<K> keys, Codec<V> values) {
      Objects.requireNonNull(keys, "keys");
      Objects.requireNonNull(values, "values");
      return new Cache<>(make(), keys, values, scheduler, Clock.isManual(clock));
    }
  }
}

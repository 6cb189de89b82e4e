// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.OutgrowJNI;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawRanges;
import io.github.outgrow.raw.RawShards;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Which shard holds a key, and what moves when the map changes: by stable hash, or by ranges of
 * keys compared as bytes. The answer depends on the key's bytes and the map alone, in every
 * process, language and release.
 *
 * <p>To change a map in use: {@link #copy} it, change the copy, copy the data that {@link #moves}
 * or {@link #move} names, and {@link #assign} the copy. What the strategy does not have is an
 * {@link InvalidArgumentException}. Safe from every thread; lookups take no lock.
 */
public final class ShardMap extends NativeResource {
  final RawShards raw;

  ShardMap(RawShards raw) {
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

  /**
   * The bytes that stand for an integer key: their order is the integers'.
   *
   * @param key the integer
   * @return 8 bytes
   */
  public static byte[] int64Key(long key) {
    return OutgrowJNI.og_shards_int64_key(key);
  }

  // ---- lookups ----

  /**
   * The shard of a key.
   *
   * @param key the key
   * @return its number, from 0
   */
  public int of(byte[] key) {
    return raw.of(Objects.requireNonNull(key, "key"));
  }

  /**
   * The shard of a key.
   *
   * @param key the key
   * @return its number, from 0
   */
  public int of(String key) {
    return raw.of(Bytes.of(key, "key"));
  }

  /**
   * The shard of an integer key: of its {@link #int64Key}.
   *
   * @param key the key
   * @return its number, from 0
   */
  public int of(long key) {
    return raw.ofInt64(key);
  }

  /**
   * The shards of many keys, by one map and in one crossing.
   *
   * @param keys the keys
   * @return their shards
   */
  public int[] ofMany(Collection<String> keys) {
    return ofMany(Bytes.of(keys, "keys"));
  }

  /**
   * The shards of many keys, by one map and in one crossing.
   *
   * @param keys the keys
   * @return their shards
   */
  public int[] ofMany(List<byte[]> keys) {
    int[] shards = new int[Objects.requireNonNull(keys, "keys").size()];
    Status.check(raw.ofMany(PackedBytes.of(keys, "keys"), shards.length, shards), "keys");
    return shards;
  }

  /**
   * The shards of many integer keys, by one map and in one crossing.
   *
   * @param keys the keys
   * @return their shards
   */
  public int[] ofMany(long... keys) {
    int[] shards = new int[Objects.requireNonNull(keys, "keys").length];
    Status.check(raw.ofInt64Many(keys, keys.length, shards), "keys");
    return shards;
  }

  /**
   * How many shards: by range, one more than the highest that holds one.
   *
   * @return how many
   */
  public long count() {
    return raw.count();
  }

  /**
   * The shards that a scan of keys must ask: by range in key order, by hash all.
   *
   * @param first the first key
   * @param end the first key after them; empty for no end
   * @return their numbers
   */
  public int[] span(byte[] first, byte[] end) {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(end, "end");
    int[] shards = {};
    while (true) {
      int count =
          Math.toIntExact(Status.check(raw.span(first, end, shards, shards.length), "span"));
      if (count <= shards.length)
        return count == shards.length ? shards : java.util.Arrays.copyOf(shards, count);
      shards = new int[count];
    }
  }

  // ---- changes ----

  /**
   * The same map, to be changed on its own.
   *
   * @return a map, the caller's to close
   */
  public ShardMap copy() {
    return new ShardMap(raw.copy());
  }

  /**
   * By hash: to so many shards.
   *
   * @param count 1 to 65536
   */
  public void resize(long count) {
    raw.resize(count);
  }

  /**
   * By range: the keys from this one on, up to the next split, go to a shard.
   *
   * @param key becomes a split if it is none
   * @param shard 0 to 65535
   */
  public void split(byte[] key, int shard) {
    raw.split(Objects.requireNonNull(key, "key"), shard);
  }

  /**
   * By range: the split goes, and its range joins the one before it.
   *
   * @param key a split
   */
  public void merge(byte[] key) {
    raw.merge(Objects.requireNonNull(key, "key"));
  }

  /**
   * Takes over the map of another, of the same strategy.
   *
   * @param next stays the caller's
   */
  public void assign(ShardMap next) {
    raw.assign(Objects.requireNonNull(next, "next").raw);
  }

  // ---- what moves ----

  /**
   * Where a key goes from this map to another.
   *
   * @param to the other map
   * @param key the key
   * @return the shards it moves from and to, or empty when it stays
   */
  public Optional<Move> move(ShardMap to, byte[] key) {
    int[] from = new int[1];
    int[] into = new int[1];
    int moves =
        raw.move(
            Objects.requireNonNull(to, "to").raw, Objects.requireNonNull(key, "key"), from, into);
    return Status.check(moves, "maps of different strategies") == 1
        ? Optional.of(new Move(from[0], into[0]))
        : Optional.empty();
  }

  /**
   * A key's way from one shard to another.
   *
   * @param from the shard that has it
   * @param to the shard that gets it
   */
  public record Move(int from, int to) {}

  /**
   * By hash: the share of all keys that is expected to move from this map to another.
   *
   * @param to the other map
   * @return 0 to 1, or empty by range: it depends on where the keys lie
   */
  public OptionalDouble movedShare(ShardMap to) {
    double share = raw.movedShare(Objects.requireNonNull(to, "to").raw);
    if (share == Constants.OG_NONE) return OptionalDouble.empty();
    Status.check((long) share, "maps of different strategies");
    return OptionalDouble.of(share);
  }

  /**
   * By range: exactly what moves from this map to another.
   *
   * @param to the other map
   * @return ascending ranges
   */
  public List<KeyRange> moves(ShardMap to) {
    return list(raw.moves(Objects.requireNonNull(to, "to").raw));
  }

  /**
   * By range: the map itself.
   *
   * @return ascending ranges
   */
  public List<KeyRange> ranges() {
    return list(raw.ranges());
  }

  private static List<KeyRange> list(RawRanges ranges) {
    List<KeyRange> all = new ArrayList<>();
    byte[][] keys = new byte[2][];
    int[] from = new int[1];
    int[] to = new int[1];
    try {
      for (long i = 0; i < ranges.count(); ++i) {
        keys[0] = keys[1] = new byte[0];
        ranges.at(i, keys, from, to);
        all.add(new KeyRange(keys[0], keys[1], from[0], to[0]));
      }
    } finally {
      ranges.retire();
    }
    return all;
  }

  /** Makes a {@link ShardMap}. */
  public static final class Builder extends ShardMapOptions<Builder> {
    Builder() {}

    /**
     * Makes a map by hash.
     *
     * @return a map, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public ShardMap build() {
      return new ShardMap(create(config -> RawShards.create(config, null, 0)));
    }

    /**
     * Makes a map by range: shard i holds the keys from split i - 1 on, up to but without split i.
     *
     * @param splits ascending, none empty
     * @return a map, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public ShardMap build(List<byte[]> splits) {
      byte[] packed = PackedBytes.of(Objects.requireNonNull(splits, "splits"), "splits");
      return new ShardMap(create(config -> RawShards.create(config, packed, splits.size())));
    }
  }
}

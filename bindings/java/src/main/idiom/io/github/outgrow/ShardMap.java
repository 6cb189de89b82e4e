// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.OutgrowJNI;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawRanges;
import io.github.outgrow.raw.RawShards;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
  /**
   * The bytes that stand for an integer key: their order is the integers'.
   *
   * @param key the integer
   * @return 8 bytes
   */
  public static byte[] int64Key(long key) {
    return OutgrowJNI.og_shards_int64_key(key);
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

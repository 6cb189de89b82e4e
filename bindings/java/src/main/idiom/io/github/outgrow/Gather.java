// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Scatter-gather: one query to several shards, their rows merged, and the shards that failed named.
 *
 * <p>You run the query at each shard, in whatever threads, and hand in what comes back. The gather
 * knows when its policy is met, by its deadline at the latest, and merges the rows. It is made
 * once, and started for every query. Safe from every thread.
 */
public final class Gather extends NativeResource {
  /**
   * Starts a query to the shards 0 to count - 1. Its deadline runs from now.
   *
   * @param count how many
   * @return a query, the caller's to close
   */
  public Query start(int count) {
    return new Query(raw.start(null, count));
  }

  /**
   * Starts a query to these shards. Its deadline runs from now.
   *
   * @param shards numbers from 0, none twice, as {@link ShardMap#span} gives them
   * @return a query, the caller's to close
   */
  public Query start(int[] shards) {
    return new Query(raw.start(Objects.requireNonNull(shards, "shards"), shards.length));
  }

  /**
   * Starts a query to these shards at a given time.
   *
   * @param shards numbers from 0, none twice
   * @param now the time in ns
   * @return a query, the caller's to close
   */
  public Query startAt(int[] shards, long now) {
    return new Query(raw.startAt(Objects.requireNonNull(shards, "shards"), shards.length, now));
  }

  /**
   * One query, out at its shards. Methods ending in {@code At} are given the time of the gather's
   * clock in ns. Safe from every thread.
   */
  public static final class Query extends NativeResource {
    private static final String NOT_ASKED = "not a shard that was asked: ";

    final RawQuery raw;

    Query(RawQuery raw) {
      super(raw);
      this.raw = raw;
    }

    /**
     * Rows of a shard, in one crossing.
     *
     * @param shard the shard
     * @param keys what they are ordered by, one a row; or null
     * @param rows the rows
     * @return whether they were taken, or why one was not, which ends it
     */
    public Taken rowMany(int shard, List<byte[]> keys, List<byte[]> rows) {
      checkKeys(keys, rows);
      return taken(
          raw.rowMany(
              shard, PackedBytes.of(keys, "keys"), PackedBytes.of(rows, "rows"), rows.size()),
          shard);
    }

    /**
     * Rows of a shard at a given time, in one crossing.
     *
     * @param shard the shard
     * @param keys what they are ordered by, one a row; or null
     * @param rows the rows
     * @param now the time in ns
     * @return whether they were taken, or why one was not, which ends it
     */
    public Taken rowManyAt(int shard, List<byte[]> keys, List<byte[]> rows, long now) {
      checkKeys(keys, rows);
      return taken(
          raw.rowManyAt(
              shard, PackedBytes.of(keys, "keys"), PackedBytes.of(rows, "rows"), rows.size(), now),
          shard);
    }

    /** What became of a row. */
    public enum Taken {
      /** It is held. */
      OK,
      /** The shard had ended, the deadline is past, or the rows are being read. */
      LAPSED,
      /** It would exceed {@code max_bytes}: the shard has failed. */
      FULL
    }

    /**
     * How many shards are still out.
     *
     * @return how many
     */
    public long waiting() {
      long[] waiting = new long[1];
      Status.check(raw.state(waiting), "");
      return waiting[0];
    }

    /**
     * The next merged row. The first one of a partial query ends it: shards still out have failed.
     *
     * @return the row, or null after the last
     * @throws IllegalStateException while the query is pending
     * @throws QueryFailedException when it has failed
     */
    public Row next() {
      int[] shard = new int[1];
      byte[][] row = {new byte[0], new byte[0]};
      return next(raw.next(shard, row), shard, row);
    }

    /**
     * The next merged row at a given time.
     *
     * @param now the time in ns
     * @return the row, or null after the last
     * @throws IllegalStateException while the query is pending
     * @throws QueryFailedException when it has failed
     */
    public Row nextAt(long now) {
      int[] shard = new int[1];
      byte[][] row = {new byte[0], new byte[0]};
      return next(raw.nextAt(now, shard, row), shard, row);
    }

    private Row next(int status, int[] shard, byte[][] row) {
      switch (Status.check(status, "the time is negative")) {
        case Constants.OG_OK:
          return new Row(shard[0], row[0], row[1]);
        case Constants.OG_NONE:
          return null;
        case Constants.OG_WAIT:
          throw new IllegalStateException("the query is pending: " + waiting() + " shards are out");
        default:
          throw new QueryFailedException(failures());
      }
    }

    /**
     * All merged rows that have not been read.
     *
     * @return the rows
     * @throws IllegalStateException while the query is pending
     * @throws QueryFailedException when it has failed
     */
    public List<Row> rows() {
      List<Row> all = new ArrayList<>();
      for (Row row = next(); row != null; row = next()) all.add(row);
      return all;
    }

    /**
     * The shards that have failed so far.
     *
     * @return in the order in which they failed
     */
    public List<ShardFailure> failures() {
      List<ShardFailure> all = new ArrayList<>();
      for (long i = 0, count = raw.failures(); i < count; ++i) {
        int[] shard = new int[1];
        int[] reason = new int[1];
        byte[][] message = new byte[1][];
        long[] dropped = new long[1];
        raw.failure(i, shard, reason, message, dropped);
        all.add(
            new ShardFailure(
                shard[0], ErrorCode.of(reason[0]), Bytes.text(message[0]), dropped[0]));
      }
      return all;
    }

    private static void checkKeys(List<byte[]> keys, List<byte[]> rows) {
      Objects.requireNonNull(rows, "rows");
      if (keys != null && keys.size() != rows.size()) {
        throw new IllegalArgumentException(
            "keys has " + keys.size() + " entries for " + rows.size() + " rows");
      }
    }

    private static Taken taken(int status, int shard) {
      switch (Status.check(status, NOT_ASKED, shard)) {
        case Constants.OG_OK:
          return Taken.OK;
        case Constants.OG_LAPSED:
          return Taken.LAPSED;
        default:
          return Taken.FULL;
      }
    }
  }
}

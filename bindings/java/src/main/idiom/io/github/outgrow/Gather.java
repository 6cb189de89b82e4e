// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawQuery;
import java.util.ArrayList;
import java.util.List;

/**
 * Scatter-gather: one query to several shards, their rows merged, and the shards that failed named.
 *
 * <p>You run the query at each shard, in whatever threads, and hand in what comes back. The gather
 * knows when its policy is met, by its deadline at the latest, and merges the rows. It is made
 * once, and started for every query. Safe from every thread.
 */
public final class Gather extends NativeResource {
  /**
   * One query, out at its shards. Methods ending in {@code At} are given the time of the gather's
   * clock in ns. Safe from every thread.
   */
  public static final class Query extends NativeResource {
    final RawQuery raw;

    Query(RawQuery raw) {
      super(raw);
      this.raw = raw;
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
     * @param nowNanos the time in ns
     * @return the row, or null after the last
     * @throws IllegalStateException while the query is pending
     * @throws QueryFailedException when it has failed
     */
    public Row nextAt(long nowNanos) {
      int[] shard = new int[1];
      byte[][] row = {new byte[0], new byte[0]};
      return next(raw.nextAt(nowNanos, shard, row), shard, row);
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
  }
}

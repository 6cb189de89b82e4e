// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.PackedBytes;
import io.github.outgrow.raw.RawGather;
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
  /** A time without an end. */
  public static final long NEVER = Constants.OG_NEVER;

  final RawGather raw;

  Gather(RawGather raw) {
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

    private final RawQuery raw;

    Query(RawQuery raw) {
      super(raw);
      this.raw = raw;
    }

    /**
     * A row of a shard.
     *
     * @param shard the shard
     * @param key what it is ordered by, for {@code order=key}; else null
     * @param row the row
     * @return whether it was taken, or why not: then it is counted as refused
     */
    public Taken row(int shard, byte[] key, byte[] row) {
      return taken(raw.row(shard, key, Objects.requireNonNull(row, "row")), shard);
    }

    /**
     * A row of a shard at a given time.
     *
     * @param shard the shard
     * @param key what it is ordered by, for {@code order=key}; else null
     * @param row the row
     * @param now the time in ns
     * @return whether it was taken, or why not: then it is counted as refused
     */
    public Taken rowAt(int shard, byte[] key, byte[] row, long now) {
      return taken(raw.rowAt(shard, key, Objects.requireNonNull(row, "row"), now), shard);
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
     * All rows of a shard are in.
     *
     * @param shard the shard
     * @return false when it had ended already, by the deadline too
     */
    public boolean done(int shard) {
      return Status.ok(raw.done(shard), NOT_ASKED, shard);
    }

    /**
     * All rows of a shard are in, at a given time.
     *
     * @param shard the shard
     * @param now the time in ns
     * @return false when it had ended already, by the deadline too
     */
    public boolean doneAt(int shard, long now) {
      return Status.ok(raw.doneAt(shard, now), NOT_ASKED, shard);
    }

    /**
     * A shard failed.
     *
     * @param shard the shard
     * @param reason why
     * @param message what it said, or null
     * @return false when it had ended already, by the deadline too
     */
    public boolean fail(int shard, ErrorCode reason, String message) {
      return Status.ok(
          raw.fail(shard, Objects.requireNonNull(reason, "reason").code, message),
          NOT_ASKED,
          shard);
    }

    /**
     * A shard failed at a given time.
     *
     * @param shard the shard
     * @param reason why
     * @param message what it said, or null
     * @param now the time in ns
     * @return false when it had ended already, by the deadline too
     */
    public boolean failAt(int shard, ErrorCode reason, String message, long now) {
      return Status.ok(
          raw.failAt(shard, Objects.requireNonNull(reason, "reason").code, message, now),
          NOT_ASKED,
          shard);
    }

    /**
     * How far it has come.
     *
     * @return the state
     */
    public QueryState state() {
      return QueryState.of(Status.check(raw.state(null), ""));
    }

    /**
     * How far it has come at a given time.
     *
     * @param now the time in ns
     * @return the state
     */
    public QueryState stateAt(long now) {
      return QueryState.of(Status.check(raw.stateAt(now, null), "the time is negative: ", now));
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
     * The time until the deadline.
     *
     * @return in ns; 0 when it is past, {@link Gather#NEVER} when there is none
     */
    public long timeLeft() {
      return raw.timeLeft();
    }

    /**
     * The time from a given one until the deadline.
     *
     * @param now the time in ns
     * @return in ns; 0 when it is past, {@link Gather#NEVER} when there is none
     */
    public long timeLeftAt(long now) {
      return Status.check(raw.timeLeftAt(now), "the time is negative: ", now);
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

    /**
     * Rows refused: too late, or beyond {@code max_bytes}.
     *
     * @return how many
     */
    public long refused() {
      return raw.refused();
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

  /** Makes a {@link Gather}. */
  public static final class Builder extends GatherOptions<Builder> {
    private Clock clock;

    Builder() {}

    /**
     * The clock that it reads; the system's unless given.
     *
     * @param clock the gather keeps it alive
     * @return this builder
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes it.
     *
     * @return a gather, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Gather build() {
      return new Gather(create(config -> RawGather.create(config, Clock.raw(clock))));
    }
  }
}

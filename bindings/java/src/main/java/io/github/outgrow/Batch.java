// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.BatchEnd;
import io.github.outgrow.raw.Constants;
import io.github.outgrow.raw.RawBatch;
import io.github.outgrow.raw.RawCachedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Writes taken from a {@link CachedStore} to be written out by the caller. End it with {@link
 * #done} or {@link #failed}; closing it without counts as failed. Safe from every thread: the first
 * end counts, and the next is an {@link IllegalStateException}.
 */
public final class Batch extends NativeResource {
  private final RawBatch raw;
  private final RawCachedStore from;
  private final List<Write> writes;

  Batch(RawBatch raw, RawCachedStore from) {
    super(raw);
    this.raw = raw;
    this.from = from;
    this.writes = read(raw);
  }

  /**
   * The writes, in the order in which they must reach the store.
   *
   * @return the writes
   */
  public List<Write> writes() {
    return writes;
  }

  /** All of it was stored. */
  public void done() {
    end(Constants.OG_OK);
  }

  /**
   * All of it was stored, at a given time.
   *
   * @param nowNanos the time in ns
   */
  public void doneAt(long nowNanos) {
    endAt(Constants.OG_OK, nowNanos);
  }

  /**
   * It was not stored, or not all of it: each write is tried again by itself.
   *
   * @param reason why
   */
  public void failed(ErrorCode reason) {
    end(Objects.requireNonNull(reason, "reason").code);
  }

  /**
   * It was not stored, at a given time.
   *
   * @param reason why
   * @param nowNanos the time in ns
   */
  public void failedAt(ErrorCode reason, long nowNanos) {
    endAt(Objects.requireNonNull(reason, "reason").code, nowNanos);
  }

  private void end(int result) {
    ended(BatchEnd.done(from, raw, result));
  }

  private void endAt(int result, long nowNanos) {
    ended(BatchEnd.doneAt(from, raw, result, nowNanos));
  }

  private void ended(int status) {
    Status.check(status, "the batch has ended before");
    close();
  }

  private static List<Write> read(RawBatch raw) {
    long size = raw.size();
    List<Write> writes = new ArrayList<>();
    for (long i = 0; i < size; ++i) {
      byte[][] pair = {new byte[0], new byte[0]};
      boolean deletes = raw.at(i, pair) == Constants.OG_ABSENT;
      writes.add(new Write(pair[0], deletes ? null : pair[1]));
    }
    return List.copyOf(writes);
  }
}

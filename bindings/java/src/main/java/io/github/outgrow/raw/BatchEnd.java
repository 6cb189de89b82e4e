// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

/**
 * Ends a batch that was taken from a cached store. When that is OK, C has destroyed the batch: so
 * one thread at a time, and the next finds it closed, where C would have freed it twice.
 */
public final class BatchEnd {
  private BatchEnd() {}

  public static int done(RawCachedStore from, RawBatch batch, int result) {
    synchronized (batch) {
      try (Use store = Use.of(from);
          Use ending = Use.of(batch)) {
        return ended(
            batch,
            OutgrowJNI.og_cached_store_batch_done(store.address(), ending.address(), result));
      }
    }
  }

  public static int doneAt(RawCachedStore from, RawBatch batch, int result, long nowNs) {
    synchronized (batch) {
      try (Use store = Use.of(from);
          Use ending = Use.of(batch)) {
        return ended(
            batch,
            OutgrowJNI.og_cached_store_batch_done_at(
                store.address(), ending.address(), result, nowNs));
      }
    }
  }

  private static int ended(RawBatch batch, int status) {
    if (status == Constants.OG_OK) batch.forget();
    return status;
  }
}

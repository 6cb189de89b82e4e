// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.util.function.ToLongFunction;

/** Calls over several limiters, each held in use for the call. */
public final class AllLimiters {
  private AllLimiters() {}

  public static long acquire(RawLimiter[] limiters, byte[] keys, long[] costs, long[] which) {
    return over(
        limiters, all -> OutgrowJNI.og_limiter_acquire_all(all, keys, costs, all.length, which));
  }

  public static long acquireAt(
      RawLimiter[] limiters, byte[] keys, long[] costs, long nowNs, long[] which) {
    return over(
        limiters,
        all -> OutgrowJNI.og_limiter_acquire_all_at(all, keys, costs, all.length, nowNs, which));
  }

  private static long over(RawLimiter[] limiters, ToLongFunction<long[]> call) {
    Use[] uses = new Use[limiters.length];
    long[] addresses = new long[limiters.length];
    try {
      for (int i = 0; i < uses.length; i++) {
        uses[i] = Use.of(limiters[i]);
        addresses[i] = uses[i].address();
      }
      return call.applyAsLong(addresses);
    } finally {
      for (Use use : uses) if (use != null) use.close();
    }
  }
}

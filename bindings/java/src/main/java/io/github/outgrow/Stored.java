// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;

/** What became of a value for a {@link Cache}. */
public enum Stored {
  /** It is cached. */
  OK,
  /** The lease no longer stands: the key was written or loaded by another meanwhile. */
  LAPSED,
  /** It is larger than a shard of the cache. */
  FULL;

  static Stored of(int status) {
    switch (Status.check(status, "a time to live, weight, lease or time is out of range")) {
      case Constants.OG_OK:
        return OK;
      case Constants.OG_LAPSED:
        return LAPSED;
      default:
        return FULL;
    }
  }
}

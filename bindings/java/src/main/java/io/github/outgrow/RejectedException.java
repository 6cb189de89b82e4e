// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Constants;
import java.time.Duration;

/**
 * A call that was not made, and when to come back. It has no stack trace: refusing must stay cheap
 * when it is all that a service does.
 */
public abstract class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final long SECOND = 1_000_000_000;

  /** In ns. */
  private final long retryAfter;

  RejectedException(String message, long retryAfter) {
    super(message, null, false, false);
    this.retryAfter = retryAfter;
  }

  /**
   * How long until another try can succeed.
   *
   * @return the time; {@code Duration.ofNanos(Long.MAX_VALUE)} for never
   */
  public Duration retryAfter() {
    return Duration.ofNanos(retryAfter);
  }

  /**
   * What HTTP's header Retry-After says of it: whole seconds, rounded up and at least 1, so that a
   * client that comes back after them is not early.
   *
   * @return such as {@code "30"}
   */
  public String retryAfterHeader() {
    return Long.toString(Math.max(1, wholeSeconds(retryAfter)));
  }

  /** Rounded up. */
  static long wholeSeconds(long nanos) {
    return nanos / SECOND + (nanos % SECOND == 0 ? 0 : 1);
  }

  /** As the nouns say it in their refusals, of a {@link Service}, which has several. */
  static String again(long ns) {
    if (ns == 0) return "";
    return ns == Constants.OG_NEVER
        ? "; it never passes"
        : "; try again in " + ns / 1_000_000 / 1e3 + " s";
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/** Over the rate of a {@link RateLimiter}. */
public final class RateLimitedException extends RejectedException {
  private static final long serialVersionUID = 1;

  RateLimitedException(String message, long retryAfter) {
    super(message, retryAfter);
  }
}

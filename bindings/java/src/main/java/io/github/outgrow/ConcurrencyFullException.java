// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Refused by a {@link ConcurrencyLimiter}: as many calls are in flight as may be. When one of them
 * ends nobody knows, so {@link #retryAfter} is zero.
 */
public final class ConcurrencyFullException extends RejectedException {
  private static final long serialVersionUID = 1;

  ConcurrencyFullException(String message) {
    super(message, 0);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Refused by a {@link CircuitBreaker}: open, or out of half-open permits. When one of these comes
 * back nobody knows, so {@link #retryAfter} is zero then.
 */
public final class CircuitOpenException extends RejectedException {
  private static final long serialVersionUID = 1;

  CircuitOpenException(String message, long retryAfter) {
    super(message, retryAfter);
  }
}

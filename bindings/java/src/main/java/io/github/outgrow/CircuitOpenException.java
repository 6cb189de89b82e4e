// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/** Refused by a {@link CircuitBreaker}: open, or out of half-open permits. */
public final class CircuitOpenException extends RejectedException {
  private static final long serialVersionUID = 1;

  CircuitOpenException(long retryAfter) {
    super("the circuit is open; lets a call try " + spell(retryAfter), retryAfter);
  }
}

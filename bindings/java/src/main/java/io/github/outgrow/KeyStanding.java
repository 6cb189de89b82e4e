// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Where a key of a {@link RateLimiter} stands.
 *
 * @param waitNanos 0 when one more passes now, else the wait in ns until one does
 * @param limit what the key may take at once
 * @param remaining what it may take now
 * @param resetAfterNanos in how many ns all of it is there again
 * @param nextAfterNanos in how many ns it may take one more than {@code remaining}
 */
public record KeyStanding(
    long waitNanos, long limit, long remaining, long resetAfterNanos, long nextAfterNanos) {
  static KeyStanding of(long wait, long[] said) {
    return new KeyStanding(wait, said[0], said[1], said[2], said[3]);
  }
}

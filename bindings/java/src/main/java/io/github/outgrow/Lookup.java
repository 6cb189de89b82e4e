// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * What a {@link Cache} answers.
 *
 * @param <V> the value
 * @param outcome what it is
 * @param value the value, when {@link Outcome#FOUND} or {@link Outcome#STALE}, and with {@link
 *     Outcome#LEASE} perhaps a stale one to use meanwhile; else null
 * @param lease what to fill with, above 0, when {@link Outcome#LEASE}; else 0
 * @param waitNanos how long another caller's lease still stands, when {@link Outcome#WAIT} or
 *     {@link Outcome#STALE}
 */
public record Lookup<V>(Outcome outcome, V value, long lease, long waitNanos) {
  /** What a cache can answer. */
  public enum Outcome {
    /** A fresh value. */
    FOUND,
    /** The key is known not to exist. */
    ABSENT,
    /** Nothing is cached. */
    MISS,
    /** A lease: load the value and fill it, or give the lease up. */
    LEASE,
    /** A value past its time to live; another caller is loading it. */
    STALE,
    /** Another caller is loading it: ask again. */
    WAIT
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * A buffered write that was tried too often.
 *
 * @param <K> the key
 * @param <V> the value
 * @param key the key
 * @param value the value, or null: a deletion
 * @param reason the last error
 * @param attempts how often it was tried
 * @param message the last error's text
 */
public record DeadLetter<K, V>(K key, V value, ErrorCode reason, long attempts, String message) {}

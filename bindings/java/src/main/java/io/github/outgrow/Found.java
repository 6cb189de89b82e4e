// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * What a {@link CachedStore} answers.
 *
 * @param <V> the value
 * @param value the value, or null when the key does not exist
 * @param source where the answer came from
 */
public record Found<V>(V value, ValueSource source) {}

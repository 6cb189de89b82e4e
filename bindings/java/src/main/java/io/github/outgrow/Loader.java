// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * Loads what is not cached.
 *
 * @param <K> the key
 * @param <V> the value
 * @param <E> what it throws
 */
@FunctionalInterface
public interface Loader<K, V, E extends Exception> {
  /**
   * Loads the value of a key.
   *
   * @param key the key
   * @return the value, or null when the key does not exist, which is cached too
   * @throws E when it cannot; nothing is cached then
   */
  V load(K key) throws E;
}

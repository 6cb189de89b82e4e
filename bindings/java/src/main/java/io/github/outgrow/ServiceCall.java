// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

/**
 * The call that a {@link Service} decided on.
 *
 * @param <E> what it throws
 */
@FunctionalInterface
public interface ServiceCall<E extends Exception> {
  /**
   * Makes the call.
   *
   * @param server the endpoint's index, or a negative number without servers
   * @param node the database node, 0 the primary, or a negative number without replicas
   * @return the answer, or null when the key does not exist
   * @throws E when it failed
   */
  byte[] call(int server, int node) throws E;
}

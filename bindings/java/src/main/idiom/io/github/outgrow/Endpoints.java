// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.Objects;

/**
 * The servers that balancers choose among: name, weight, zone, health, calls in flight, latency.
 *
 * <p>An endpoint is known by its index, from 0 up. The set may change while others pick: the thread
 * that makes the change pays for it. An index that is not in the set is an {@link
 * InvalidArgumentException}. Safe from every thread.
 */
public final class Endpoints extends NativeResource {
  /**
   * A set of these, each of weight 1.
   *
   * @param names not empty, each once; their indexes are 0, 1, 2 ...
   * @return a set, the caller's to close
   */
  public static Endpoints of(String... names) {
    Objects.requireNonNull(names, "names");
    Endpoints endpoints = builder().build();
    try {
      for (String name : names) endpoints.add(Objects.requireNonNull(name, "names"), 1);
      return endpoints;
    } catch (RuntimeException e) {
      endpoints.close();
      throw e;
    }
  }
}

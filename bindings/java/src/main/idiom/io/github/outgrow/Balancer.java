// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.PackedBytes;
import java.util.Collection;
import java.util.Objects;

/**
 * Which endpoint takes a call: round robin, smooth weighted round robin, least connections, or the
 * key's owner on a consistent-hash ring. Unhealthy endpoints and those of weight 0 are not picked.
 *
 * <p>{@link #pick} only says which; {@link #acquire} also counts the call in flight until it is
 * released. Keys matter to {@code consistent_hash} alone. Methods ending in {@code At} are given
 * the time of the balancer's clock in ns. Safe from every thread; a pick takes no lock.
 */
public final class Balancer extends NativeResource {
  /**
   * Picks for many keys in one crossing.
   *
   * @param keys the keys
   * @return for each an endpoint's index, or {@link #NONE}
   */
  public int[] pickMany(Collection<String> keys) {
    int[] picked = new int[Objects.requireNonNull(keys, "keys").size()];
    Status.check(
        raw.pickMany(PackedBytes.of(Bytes.of(keys, "keys"), "keys"), picked.length, picked),
        "keys");
    return picked;
  }

  /**
   * Picks many times without a key in one crossing.
   *
   * @param count how often
   * @return for each an endpoint's index, or {@link #NONE}
   */
  public int[] pickMany(int count) {
    int[] picked = new int[Bytes.count(count)];
    Status.check(raw.pickMany(null, count, picked), "count");
    return picked;
  }
}

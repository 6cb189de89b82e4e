// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.Objects;

/**
 * A write of a batch.
 *
 * @param key the key
 * @param value the value, or null: deletes
 */
public record Write(byte[] key, byte[] value) {
  /**
   * A write.
   *
   * @param key the key
   * @param value the value, or null: deletes
   */
  public Write {
    Objects.requireNonNull(key, "key");
  }

  /**
   * Whether it deletes.
   *
   * @return whether so
   */
  public boolean isDelete() {
    return value == null;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/** Many keys as one array, so that one copy crosses: their count, their lengths, their bytes. */
public final class PackedBytes {
  private PackedBytes() {}

  /** Of null: null. Numbers are int32 in the machine's order. A null among the keys is named. */
  public static byte[] of(List<byte[]> keys, String name) {
    if (keys == null) return null;
    long size = (long) Integer.BYTES * (keys.size() + 1);
    for (byte[] key : keys) size += Objects.requireNonNull(key, name).length;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(name + " of more than 2 GiB in one call");
    }
    ByteBuffer packed = ByteBuffer.allocate((int) size).order(ByteOrder.nativeOrder());
    packed.putInt(keys.size());
    for (byte[] key : keys) packed.putInt(key.length);
    for (byte[] key : keys) packed.put(key);
    return packed.array();
  }
}

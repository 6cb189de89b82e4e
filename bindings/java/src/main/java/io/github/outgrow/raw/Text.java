// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Texts as C has them: UTF-8, which JNI's own strings are not. */
public final class Text {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final long ONES = 0x0101010101010101L;
  private static final long MARKS = '?' * ONES;

  private Text() {}

  /** With the NUL that ends it; null for null. */
  static byte[] encode(String text, String name) {
    if (text == null) return null;
    if (text.indexOf('\0') >= 0) throw new IllegalArgumentException(name + " contains U+0000");
    byte[] bytes = utf8(text, name);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /**
   * Without a NUL. Half of a surrogate pair has no UTF-8: the JDK writes '?' for it, and so one
   * text would pass for another.
   */
  public static byte[] utf8(String text, String name) {
    byte[] bytes = text.getBytes(UTF_8);
    if (hasMark(bytes)) checkPairs(text, name);
    return bytes;
  }

  /** Whether there is a '?'. Eight at a time, since every key comes by here. */
  static boolean hasMark(byte[] bytes) {
    int size = bytes.length;
    if (size < 4) {
      for (byte each : bytes) if (each == '?') return true;
      return false;
    }
    if (size < 8) return hasMark(both((int) INTS.get(bytes, 0), (int) INTS.get(bytes, size - 4)));
    for (int i = 0; i < size - 8; i += 8) if (hasMark((long) LONGS.get(bytes, i))) return true;
    return hasMark((long) LONGS.get(bytes, size - 8));
  }

  private static long both(int first, int last) {
    return (long) first << 32 | last & 0xffffffffL;
  }

  /** A byte that is a '?' is 0 after the xor, and only of a 0 does a borrow set the top bit. */
  private static boolean hasMark(long eight) {
    long differs = eight ^ MARKS;
    return (differs - ONES & ~differs & ONES << 7) != 0;
  }

  private static void checkPairs(String text, String name) {
    for (int i = 0; i < text.length(); ++i) {
      char here = text.charAt(i);
      if (!Character.isSurrogate(here)) continue;
      boolean paired =
          Character.isHighSurrogate(here)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (!paired) {
        throw new IllegalArgumentException(
            String.format(
                "%s is not valid Unicode: U+%04X without its other half, at %d",
                name, (int) here, i));
      }
      ++i;
    }
  }

  /** Null for null. */
  public static String decode(byte[] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }
}

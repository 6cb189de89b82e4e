// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Texts as C has them: UTF-8, which JNI's own strings are not. */
public final class Text {
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
    for (byte each : bytes) {
      if (each == '?') {
        checkPairs(text, name);
        break;
      }
    }
    return bytes;
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

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
    byte[] bytes = text.getBytes(UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** Null for null. */
  public static String decode(byte[] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }
}

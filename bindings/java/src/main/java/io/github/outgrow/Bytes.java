// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Keys and times as the raw layer takes them. */
final class Bytes {
  private Bytes() {}

  static byte[] of(String text, String name) {
    return Objects.requireNonNull(text, name).getBytes(UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  static List<byte[]> of(Collection<String> texts, String name) {
    List<byte[]> all = new ArrayList<>(Objects.requireNonNull(texts, name).size());
    for (String text : texts) all.add(of(text, name));
    return all;
  }

  static int count(int count) {
    if (count < 0) throw new IllegalArgumentException("count is negative: " + count);
    return count;
  }

  /** In ns, 0 or more: a negative one would stand for something else. */
  static long elapsed(Duration duration, String name) {
    if (Objects.requireNonNull(duration, name).isNegative()) {
      throw new IllegalArgumentException(name + " is negative: " + duration);
    }
    return nanos(duration, name);
  }

  /** In ns; what does not fit is as good as for ever. */
  static long nanos(Duration duration, String name) {
    try {
      return Objects.requireNonNull(duration, name).toNanos();
    } catch (ArithmeticException e) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}

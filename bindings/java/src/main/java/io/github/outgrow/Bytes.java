// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.raw.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Keys and times as the raw layer takes them. */
final class Bytes {
  /** The key of a limiter without keys. */
  static final byte[] NONE = {};

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

  private Bytes() {}

  static byte[] of(String text, String name) {
    return Text.utf8(Objects.requireNonNull(text, name), name);
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  /** As much of it as a message has room for. */
  static String text(byte[] bytes, int most) {
    return new String(bytes, 0, Math.min(bytes.length, most), UTF_8)
        + (bytes.length > most ? "..." : "");
  }

  static List<byte[]> of(Collection<String> texts, String name) {
    List<byte[]> all = new ArrayList<>(Objects.requireNonNull(texts, name).size());
    for (String text : texts) all.add(of(text, name));
    return all;
  }

  static int count(Collection<?> keys, String name) {
    return Objects.requireNonNull(keys, name).size();
  }

  /** One number a key, or null. */
  static void match(long[] numbers, String name, int count, String keys) {
    if (numbers != null) match(numbers.length, name, count, keys);
  }

  /** One text a key, or null. */
  static void match(List<byte[]> texts, String name, int count, String keys) {
    if (texts != null) match(texts.size(), name, count, keys);
  }

  private static void match(int has, String name, int count, String keys) {
    if (has != count) {
      throw new IllegalArgumentException(
          name + " has " + has + " entries for " + count + " " + keys);
    }
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

  static long nanos(Duration duration, String name) {
    try {
      return Objects.requireNonNull(duration, name).toNanos();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          name + " is out of range, which is 292 years: " + duration, e);
    }
  }

  /** How long to wait, in ns; what is out of range is as good as for ever. */
  static long timeout(Duration duration, String name) {
    boolean ever = Objects.requireNonNull(duration, name).compareTo(FOR_EVER) >= 0;
    return ever ? Long.MAX_VALUE : elapsed(duration, name);
  }
}

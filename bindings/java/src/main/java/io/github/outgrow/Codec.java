// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;

/**
 * How keys or values become bytes and come back. Called on the caller's threads, several at a time.
 *
 * @param <T> what it is for
 */
public interface Codec<T> {
  /**
   * The bytes of a value. They are copied at once, and not changed.
   *
   * @param value not null
   * @return its bytes
   */
  byte[] encode(T value);

  /**
   * The value of bytes.
   *
   * @param bytes the value's own from now on
   * @return the value, not null
   */
  T decode(byte[] bytes);

  /**
   * A codec of two functions.
   *
   * @param <T> what it is for
   * @param encode to bytes
   * @param decode from bytes
   * @return a codec
   */
  static <T> Codec<T> of(Function<? super T, byte[]> encode, Function<byte[], ? extends T> decode) {
    Objects.requireNonNull(encode, "encode");
    Objects.requireNonNull(decode, "decode");
    return new Codec<>() {
      @Override
      public byte[] encode(T value) {
        return encode.apply(value);
      }

      @Override
      public T decode(byte[] bytes) {
        return decode.apply(bytes);
      }
    };
  }

  /**
   * Bytes as they are.
   *
   * @return a codec
   */
  static Codec<byte[]> bytes() {
    return of(Function.identity(), Function.identity());
  }

  /**
   * Texts as UTF-8. One with half of a surrogate pair has none, and is an {@link
   * IllegalArgumentException}.
   *
   * @return a codec
   */
  static Codec<String> text() {
    return of(text -> Bytes.of(text, "text"), bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}

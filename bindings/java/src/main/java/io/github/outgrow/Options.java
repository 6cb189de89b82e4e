// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Options by name, which every builder takes beside its typed setters. Nothing is checked before
 * the object is built: then an unknown name or a bad value is an {@link OptionException} that names
 * it. Of an option set twice the later value holds.
 *
 * @param <B> the builder
 */
public abstract class Options<B extends Options<B>> {
  private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000_000;

  private final Map<String, Object> values = new LinkedHashMap<>();

  Options() {}

  /**
   * An option by its name in the option tables.
   *
   * @param name such as {@code "open_ms"}
   * @param value as text: {@code "100/s"}, {@code "64MiB"}, {@code "30s"}, {@code "true"}
   * @return this builder
   */
  public B option(String name, String value) {
    return put(name, value);
  }

  /**
   * An option by its name in the option tables.
   *
   * @param name such as {@code "open_ms"}
   * @param value a number; milliseconds where the name ends in {@code _ms}, bytes for sizes
   * @return this builder
   */
  public B option(String name, long value) {
    return put(name, value);
  }

  /**
   * An option by its name in the option tables.
   *
   * @param name such as {@code "tolerance"}
   * @param value a number
   * @return this builder
   */
  public B option(String name, double value) {
    return put(name, value);
  }

  /**
   * An option by its name in the option tables.
   *
   * @param name such as {@code "open_ms"}
   * @param value a duration
   * @return this builder
   */
  public B option(String name, Duration value) {
    return duration(Objects.requireNonNull(name, "name"), value);
  }

  /**
   * An option by its name in the option tables.
   *
   * @param name such as {@code "read_only"}
   * @param value whether so
   * @return this builder
   */
  public B option(String name, boolean value) {
    return put(name, value);
  }

  final B duration(String name, Duration value) {
    if (!fits(Objects.requireNonNull(value, name))) return put(name, text(value));
    long nanos = value.toNanos();
    return nanos % 1_000_000 == 0 ? put(name, nanos / 1_000_000) : put(name, text(value));
  }

  final B rate(String name, long count, Duration per) {
    return put(name, count + "/" + text(Objects.requireNonNull(per, name)));
  }

  /**
   * What is out of range is refused when the object is built, as all bad values are, and by its
   * option's name.
   */
  private static String text(Duration duration) {
    return fits(duration) ? duration.toNanos() + "ns" : duration.getSeconds() + "s";
  }

  private static boolean fits(Duration duration) {
    long seconds = duration.getSeconds();
    return seconds > -MOST_SECONDS && seconds < MOST_SECONDS;
  }

  final B choice(String name, Enum<?> value) {
    return put(name, Objects.requireNonNull(value, name).name().toLowerCase(Locale.ROOT));
  }

  final <O extends Options<?>> B layer(String prefix, O layer, Consumer<? super O> set) {
    Objects.requireNonNull(set, prefix).accept(layer);
    Options<?> given = layer;
    given.values.forEach((name, value) -> put(prefix + "." + name, value));
    return self();
  }

  /** What a call gives that takes the options which are set by {@code set}. */
  static <O extends Options<?>, R> R with(
      O options, Consumer<? super O> set, Function<RawConfig, R> call) {
    Objects.requireNonNull(set, "options").accept(options);
    Options<?> given = options;
    return given.create(call);
  }

  /** Creates a handle from the options. */
  final <H> H create(Function<RawConfig, H> create) {
    RawConfig config = RawConfig.create();
    try {
      values.forEach((name, value) -> set(config, name, value));
      return create.apply(config);
    } finally {
      config.retire();
    }
  }

  private static void set(RawConfig config, String name, Object value) {
    if (value instanceof String) {
      Bytes.of((String) value, name); // whose error has the option's name
      config.set(name, (String) value);
    } else if (value instanceof Long) {
      config.setInt(name, (Long) value);
    } else if (value instanceof Double) {
      config.setDouble(name, (Double) value);
    } else {
      config.setBool(name, (Boolean) value ? 1 : 0);
    }
  }

  private B put(String name, Object value) {
    values.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, name));
    return self();
  }

  @SuppressWarnings("unchecked")
  final B self() {
    return (B) this;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.raw.CustomStoreCalls;
import io.github.outgrow.raw.RawBatch;
import io.github.outgrow.raw.RawStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A system of record: bytes by key, in this process's memory, in an SQLite file, or in a {@link
 * CustomStore}. What it says of a failure is a {@link StoreException}. An interrupt ends the wait
 * for a file that another process has locked with a {@link
 * java.util.concurrent.CancellationException}; the thread stays interrupted. Safe from every
 * thread.
 */
public final class Store extends NativeResource {
  final RawStore raw;
  final boolean custom;

  Store(RawStore raw, boolean custom) {
    super(raw);
    this.raw = raw;
    this.custom = custom;
  }

  /** Makes a call in which a custom store's methods may be called. */
  private <T> T told(Supplier<T> call) {
    return custom ? CustomStoreFailure.told(call) : call.get();
  }

  /**
   * A store of your own.
   *
   * @param custom the store; kept until the last user of the returned one is closed
   * @return a store, the caller's to close
   */
  public static Store of(CustomStore custom) {
    return of(custom, null);
  }

  /**
   * A store of your own whose operations are timed by a clock.
   *
   * @param custom the store; kept until the last user of the returned one is closed
   * @param clock the clock, or null: the system's
   * @return a store, the caller's to close
   */
  public static Store of(CustomStore custom, Clock clock) {
    return new Store(
        CustomStoreCalls.store(
            new Calls(Objects.requireNonNull(custom, "custom")), Clock.raw(clock)),
        true);
  }

  /**
   * Writes many, in their order; in memory and SQLite all or nothing.
   *
   * @param writes the writes
   */
  public void batchWrite(List<Write> writes) {
    for (Write write : Objects.requireNonNull(writes, "writes"))
      Objects.requireNonNull(write, "writes");
    RawBatch batch = RawBatch.create();
    try {
      for (Write write : writes) {
        if (write.isDelete()) Status.check(batch.delete(write.key()), "key");
        else Status.check(batch.set(write.key(), write.value()), "key");
      }
      told(() -> raw.batchWrite(batch));
    } finally {
      batch.retire();
    }
  }

  /** Makes a {@link Store}. */
  public static final class Builder extends StoreOptions<Builder> {
    /**
     * The SQLite file, created if there is none.
     *
     * @param path the file
     * @return this builder
     */
    public Builder path(Path path) {
      return path(Objects.requireNonNull(path, "path").toString());
    }

    /**
     * Makes it.
     *
     * @return a store, the caller's to close
     * @throws OptionException for an option that is unknown or has a bad value
     */
    public Store build() {
      return new Store(make(), false);
    }
  }

  /** A program's own store as the raw layer calls it. */
  private static final class Calls extends CustomStoreCalls {
    private final CustomStore custom;

    Calls(CustomStore custom) {
      this.custom = custom;
    }

    @Override
    protected byte[] get(byte[] key) throws Exception {
      return custom.get(key);
    }

    @Override
    protected void write(byte[] key, byte[] value) throws Exception {
      if (value == null) custom.delete(key);
      else custom.set(key, value);
    }

    @Override
    protected void batchWrite(byte[][] keysAndValues) throws Exception {
      List<Write> writes = new ArrayList<>(keysAndValues.length / 2);
      for (int i = 0; i < keysAndValues.length; i += 2) {
        writes.add(new Write(keysAndValues[i], keysAndValues[i + 1]));
      }
      custom.batchWrite(writes);
    }

    @Override
    protected byte[] failed(Throwable failure) {
      return (CustomStoreFailure.keep(failure) + "\0").getBytes(UTF_8);
    }
  }
}

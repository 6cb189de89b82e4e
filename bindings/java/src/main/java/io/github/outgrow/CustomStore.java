// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.List;

/**
 * A system of record of your own: a {@link Store} by {@link Store#of}. Called on the thread that is
 * itself in a call to the library, and on several at a time.
 *
 * <p>An exception that it throws is the cause of that call's {@link StoreException}, whose code is
 * {@link ErrorCode#TIMEOUT} for a {@link java.util.concurrent.TimeoutException}, {@link
 * java.net.SocketTimeoutException} or {@code java.sql.SQLTimeoutException}, else {@link
 * ErrorCode#STORE}; with write-behind the write is tried again. After an {@link
 * InterruptedException} the thread is interrupted again. An {@link Error} is what the call throws,
 * as it is, and the write has failed.
 *
 * <p>It must not call the {@link CachedStore} that called it.
 */
public interface CustomStore {
  /**
   * Reads.
   *
   * @param key the key
   * @return the value, or null when the key does not exist
   * @throws Exception when it cannot
   */
  byte[] get(byte[] key) throws Exception;

  /**
   * Writes.
   *
   * @param key the key
   * @param value the value
   * @throws Exception when it cannot
   */
  void set(byte[] key, byte[] value) throws Exception;

  /**
   * Deletes; what does not exist is deleted already.
   *
   * @param key the key
   * @throws Exception when it cannot
   */
  void delete(byte[] key) throws Exception;

  /**
   * Writes many, in their order. This one writes them one by one.
   *
   * @param writes the writes
   * @throws Exception when it cannot
   */
  default void batchWrite(List<Write> writes) throws Exception {
    for (Write write : writes) {
      if (write.isDelete()) delete(write.key());
      else set(write.key(), write.value());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;

/**
 * What custom_store.c calls: a store of the program's own. What it throws fails the operation, for
 * the reason that {@link #reason} sees in it and with the text that {@link #failed} makes of it.
 */
public abstract class CustomStoreCalls {
  /** The value, or null when the key does not exist. */
  protected abstract byte[] get(byte[] key) throws Exception;

  /** Stores the value; null deletes. */
  protected abstract void write(byte[] key, byte[] value) throws Exception;

  /** The keys and values of a batch, in turn, its values null where it deletes. */
  protected abstract void batchWrite(byte[][] keysAndValues) throws Exception;

  /** {@link Constants#OG_TIMEOUT} or {@link Constants#OG_STORE}. */
  protected int reason(Throwable failure) {
    boolean late = failure instanceof TimeoutException || failure instanceof SocketTimeoutException;
    for (Class<?> is = failure.getClass(); is != null && !late; is = is.getSuperclass()) {
      late =
          is.getName()
              .equals("java.sql.SQLTimeoutException"); // by name: java.sql need not be there
    }
    return late ? Constants.OG_TIMEOUT : Constants.OG_STORE;
  }

  /** One line of UTF-8, ended by NUL. */
  protected abstract byte[] failed(Throwable failure);

  /** A store over these calls, which it keeps until its last handle is destroyed. */
  public static RawStore store(CustomStoreCalls calls, RawClock clock) {
    try (Use clockUse = Use.of(clock)) {
      OutgrowJNI.og_version(); // loads the library
      return RawStore.wrap(create(calls, clockUse.address()));
    }
  }

  private static native long create(CustomStoreCalls calls, long clock);
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.util.function.Supplier;

/**
 * What a custom store throws on this thread, on its way through the library, which can carry one
 * line of it, to whoever called. It is kept for the call alone: in a thread of a pool it would else
 * keep the store's class loader alive.
 *
 * <p>An {@link Error} is thrown on as it is, also where the library would try the write again. An
 * {@link InterruptedException} leaves the thread interrupted. All else is the cause of the {@link
 * StoreException} that the call ends in, if it ends in one.
 */
final class CustomStoreFailure {
  private static final ThreadLocal<CustomStoreFailure> CURRENT = new ThreadLocal<>();

  private Throwable thrown; // an Error, or else the last

  private CustomStoreFailure() {}

  /** Makes a call to the library in which a custom store may be called. */
  static <T> T told(Supplier<T> call) {
    CustomStoreFailure outer = CURRENT.get(); // of a store that itself calls another
    CustomStoreFailure here = new CustomStoreFailure();
    CURRENT.set(here);
    T answer;
    try {
      answer = call.get();
    } catch (OutgrowException e) {
      here.throwError();
      throw e;
    } finally {
      if (outer == null) CURRENT.remove();
      else CURRENT.set(outer);
    }
    here.throwError();
    return answer;
  }

  private void throwError() {
    if (thrown instanceof Error) throw (Error) thrown;
  }

  /** Keeps what was thrown; one line that says so. */
  static String keep(Throwable thrown) {
    if (thrown instanceof InterruptedException) Thread.currentThread().interrupt();
    CustomStoreFailure here = CURRENT.get();
    if (here != null && !(here.thrown instanceof Error)) here.thrown = thrown;
    return String.valueOf(thrown).replaceAll("[\\r\\n\\x00]+", " ");
  }

  /** The cause of what the library says in this call, or null. */
  static Throwable cause() {
    CustomStoreFailure here = CURRENT.get();
    return here == null ? null : here.thrown;
  }
}

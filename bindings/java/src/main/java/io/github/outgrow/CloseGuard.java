// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Handle;
import java.lang.ref.Cleaner;
import java.util.function.BiConsumer;

/**
 * Retires a handle when its noun is closed, or, as a net, when the handle is collected unclosed: then
 * no noun, no batch and no call can reach it. With {@code -Doutgrow.debug.leaks=true} the latter is
 * logged, with where the noun was made.
 */
final class CloseGuard implements Runnable {
  static final boolean REPORT_LEAKS = Boolean.getBoolean("outgrow.debug.leaks");
  private static final Cleaner CLEANER = Cleaner.create();

  /** Is told of each leak: what it was, and where it was made. Tests listen here. */
  static volatile BiConsumer<String, Throwable> leaks = (noun, made) ->
      System.getLogger("io.github.outgrow").log(System.Logger.Level.WARNING, "a " + noun + " was never closed", made);

  private final Handle heir; // the handle itself must not be reached from here
  private final Throwable made;
  private Cleaner.Cleanable cleanable;
  private volatile boolean closed;

  private CloseGuard(Handle handle) {
    this.heir = handle.heir();
    this.made = REPORT_LEAKS ? new Throwable("made here") : null;
  }

  static CloseGuard watch(Handle handle) {
    CloseGuard guard = new CloseGuard(handle);
    guard.cleanable = CLEANER.register(handle, guard);
    return guard;
  }

  /** Retires the handle first, which refuses calls; the heir is not what is called. */
  void close(Handle handle) {
    closed = true;
    handle.retire();
    cleanable.clean();
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public void run() {
    if (made != null && !closed) leaks.accept(heir.noun(), made);
    heir.retire();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Handle;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Retires a handle when its noun is closed, or, as a net, when the handle is collected unclosed:
 * then no noun, no batch and no call can reach it. With {@code -Doutgrow.debug.leaks=true} the
 * latter is logged, with where the noun was made.
 *
 * <p>Not a {@link java.lang.ref.Cleaner}, whose thread would reach from here the class loader of
 * all this, and keep it for as long as one noun is not closed: guards are reached by that loader
 * alone.
 */
final class CloseGuard extends PhantomReference<Handle> {
  static final boolean REPORT_LEAKS = Boolean.getBoolean("outgrow.debug.leaks");

  /** Is told of each leak: what it was, and where it was made. Tests listen here. */
  static volatile BiConsumer<String, Throwable> leaks =
      (noun, made) ->
          System.getLogger("io.github.outgrow")
              .log(System.Logger.Level.WARNING, "a " + noun + " was never closed", made);

  private static final ReferenceQueue<Handle> COLLECTED = new ReferenceQueue<>();
  private static final Set<CloseGuard> OPEN = ConcurrentHashMap.newKeySet();
  private static final Reaper REAPER = new Reaper(COLLECTED);

  private final Handle heir; // the handle itself must not be reached from here
  private final Throwable made;
  private volatile boolean closed;
  private volatile Runnable last = () -> {};

  private CloseGuard(Handle handle) {
    super(handle, COLLECTED);
    this.heir = handle.heir();
    this.made = REPORT_LEAKS ? new Throwable("made here") : null;
  }

  static CloseGuard watch(Handle handle) {
    CloseGuard guard = new CloseGuard(handle);
    OPEN.add(guard);
    REAPER.watch();
    return guard;
  }

  /** Is run once it is closed or reaped. */
  void whenEnded(Runnable last) {
    this.last = last;
  }

  void close(Handle handle) {
    closed = true;
    handle.retire();
    if (OPEN.remove(this)) last.run();
    clear();
  }

  boolean isClosed() {
    return closed;
  }

  /** The handle was collected. Returns when its end has ended. */
  synchronized void reap() {
    if (!OPEN.remove(this)) return;
    try {
      heir.retire();
    } finally {
      last.run();
    }
    if (made != null && !closed) leaks.accept(heir.noun(), made);
  }
}

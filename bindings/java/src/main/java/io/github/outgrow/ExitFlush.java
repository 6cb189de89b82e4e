// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.RawCachedStore;
import java.lang.ref.WeakReference;
import java.time.Duration;

/**
 * Writes out what a write-behind store holds when the program ends and has not closed it, for up to
 * {@code drain_ms}. It flushes and does not close: a program's own hooks run at the same time, and
 * may write on until they close it.
 *
 * <p>The JVM keeps the hook, so that it must not keep the store; it goes when the store is closed
 * or collected.
 */
final class ExitFlush {
  private final WeakReference<RawCachedStore> store;
  private final CloseGuard guard;
  private final boolean custom;
  private final Duration drain;
  private final Thread hook = Daemon.of(this::atExit, "outgrow-exit-flush");

  private ExitFlush(RawCachedStore store, CloseGuard guard, boolean custom, Duration drain) {
    this.store = new WeakReference<>(store);
    this.guard = guard;
    this.custom = custom;
    this.drain = drain;
  }

  /** Of a store that is not write-behind, or is not to be drained, nothing. */
  static void of(RawCachedStore store, CloseGuard guard, boolean custom) {
    Duration drain = Duration.ofNanos(store.stat(CachedStoreStat.DRAIN_TIME.code));
    if (drain.isZero()) return;
    ExitFlush flush = new ExitFlush(store, guard, custom, drain);
    try {
      Runtime.getRuntime().addShutdownHook(flush.hook);
    } catch (IllegalStateException e) {
      return; // made while the program ends
    }
    guard.whenEnded(flush::remove);
  }

  private void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The program ends.
    }
  }

  /** A store of the program's own may hang, which is not to keep the program. */
  private void atExit() {
    Thread writer = Daemon.of(this::flush, "outgrow-exit-flush");
    writer.start();
    try {
      writer.join(drain.plusMillis(100).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void flush() {
    RawCachedStore open = store.get();
    if (open == null) {
      guard.reap(); // collected: its end drains it
      return;
    }
    try {
      long nanos = drain.toNanos();
      long left = custom ? CustomStoreFailure.told(() -> open.flush(nanos)) : open.flush(nanos);
      if (left > 0) {
        System.getLogger("io.github.outgrow")
            .log(
                System.Logger.Level.WARNING,
                "the program ends with " + left + " writes that have not reached the store");
      }
    } catch (IllegalStateException e) {
      // Closed meanwhile, which has flushed.
    }
  }
}

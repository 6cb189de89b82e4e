// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.lang.ref.ReferenceQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends what was collected before it was closed, on a thread that lives while nouns are made: it
 * ends after some seconds without work, and the next noun starts it again.
 */
final class Reaper implements Runnable {
  private static final long IDLE_MS = 5_000;

  private final ReferenceQueue<?> collected;
  private final AtomicBoolean running = new AtomicBoolean();

  Reaper(ReferenceQueue<?> collected) {
    this.collected = collected;
  }

  /** After something was made that may be collected. */
  void watch() {
    if (running.get() || !running.compareAndSet(false, true)) return;
    try {
      Daemon.of(this, "outgrow-reaper").start();
    } catch (OutOfMemoryError e) {
      running.set(false); // no thread to be had: the next noun may have more luck
    }
  }

  @Override
  public void run() {
    try {
      for (CloseGuard next = take(); next != null; next = take()) {
        try {
          next.reap();
        } catch (Throwable e) {
          // A listener's: it must not keep the rest from its end.
        }
      }
    } finally {
      running.set(false);
    }
  }

  private CloseGuard take() {
    try {
      return (CloseGuard) collected.remove(IDLE_MS);
    } catch (InterruptedException e) {
      return null;
    }
  }
}

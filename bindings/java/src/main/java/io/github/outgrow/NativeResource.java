// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Handle;

/** What all that holds native memory has in common: it is closed. */
public abstract class NativeResource implements AutoCloseable {
  private final Handle handle;
  final CloseGuard guard;

  NativeResource(Handle raw) {
    this.handle = raw;
    this.guard = CloseGuard.watch(raw);
  }

  /**
   * Gives up the native memory. Closing again does nothing; other calls are then an {@link
   * IllegalStateException}. Calls under way in other threads end as if it were open.
   */
  @Override
  public void close() {
    guard.close(handle);
  }

  final boolean isClosed() {
    return guard.isClosed();
  }

  /**
   * Gives back what a call of the user's held. Closed under that call, there is nothing left to
   * give back to, and what the call returned or threw must not be lost over it.
   */
  final void settle(Runnable ending) {
    try {
      ending.run();
    } catch (IllegalStateException e) {
      if (!isClosed()) throw e;
    }
  }
}

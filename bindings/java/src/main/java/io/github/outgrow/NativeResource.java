// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Handle;

/** What all that holds native memory has in common: it is closed. */
public abstract class NativeResource implements AutoCloseable {
  private final CloseGuard guard;

  NativeResource(Handle raw) {
    this.guard = CloseGuard.watch(this, raw);
  }

  /**
   * Gives up the native memory. Closing again does nothing; other calls are then an
   * {@link IllegalStateException}. Calls under way in other threads end as if it were open.
   */
  @Override
  public void close() {
    guard.close();
  }
}

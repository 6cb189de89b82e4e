// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import io.github.outgrow.raw.Handle;

/** What all that is closed has in common: a handle, closed once, with a net below it. */
abstract class Noun implements AutoCloseable {
  private final CloseGuard guard;

  Noun(Handle raw) {
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

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

/** A handle held in use for a try statement, for calls that take several. */
public final class Use implements AutoCloseable {
  private static final Use NONE = new Use(null, 0);

  private final Handle handle;
  private final int stripe;

  private Use(Handle handle, int stripe) {
    this.handle = handle;
    this.stripe = stripe;
  }

  /** Of null: an address of 0. */
  public static Use of(Handle handle) {
    return handle == null ? NONE : new Use(handle, handle.use());
  }

  /** What C takes. */
  public long address() {
    return handle == null ? 0 : handle.address;
  }

  @Override
  public void close() {
    if (handle != null) handle.unuse(stripe);
  }
}

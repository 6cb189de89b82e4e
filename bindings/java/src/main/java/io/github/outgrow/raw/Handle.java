// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A C handle that no thread can destroy under another. Each call counts itself in and out. Retiring
 * refuses the calls that come after; whoever is last then, the retiring thread or a call, destroys.
 *
 * <p>The count is striped by thread, so that threads do not meet in one cache line: two uncontended
 * atomic adds a call. A call enters its stripe before it reads {@link #retired}, and retiring sets
 * that before it reads the stripes; so each stripe that is read as 0 stays free of calls that use
 * the handle, and all of them need not be read at one moment.
 *
 * <p>Whoever can call holds the handle, and a call holds it to its end. So the net under handles
 * that nobody retires watches the handle and not the noun around it, which is garbage as soon as
 * its last method has read the handle, or while a batch still needs what it came from.
 */
public abstract class Handle implements Cloneable {
  private static final int STRIPES =
      Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()) * 2 - 1);
  private static final int LONGS_A_CACHE_LINE = 8;
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  final long address;
  private final String noun;
  private final long[] users = new long[STRIPES * LONGS_A_CACHE_LINE];
  private final AtomicBoolean destroyed = new AtomicBoolean();
  private volatile boolean retired;

  Handle(long address, String noun) {
    this.address = address;
    this.noun = noun;
  }

  abstract void destroy(long address);

  /** What C is told beside the bytes. Null is none. */
  static int size(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** What users call it. */
  public final String noun() {
    return noun;
  }

  /** The stripe to give back to {@link #unuse}. */
  final int use() {
    int stripe = ((int) Thread.currentThread().getId() & STRIPES - 1) * LONGS_A_CACHE_LINE;
    COUNT.getAndAdd(users, stripe, 1L);
    if (retired) {
      unuse(stripe);
      throw new IllegalStateException(noun + " is closed");
    }
    return stripe;
  }

  final void unuse(int stripe) {
    COUNT.getAndAdd(users, stripe, -1L);
    if (retired) destroyIfUnused();
  }

  /** Refuses calls from now on; destroys once the last that is under way has returned. */
  public final void retire() {
    retired = true;
    destroyIfUnused();
  }

  /** The C library has destroyed it: refuses calls from now on, and destroys nothing. */
  public final void forget() {
    destroyed.set(true);
    retired = true;
  }

  /**
   * What stands in for this handle once nobody can reach it, and does not itself reach it: a handle
   * that is not to be called but retired. The two share the counts, and destroy once.
   */
  public final Handle heir() {
    try {
      return (Handle) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("it is Cloneable", e);
    }
  }

  private void destroyIfUnused() {
    for (int stripe = 0; stripe < users.length; stripe += LONGS_A_CACHE_LINE) {
      if ((long) COUNT.getVolatile(users, stripe) != 0) return;
    }
    if (destroyed.compareAndSet(false, true)) destroy(address);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.raw;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A C handle that no thread can destroy under another. Each call counts itself in and out. Retiring
 * refuses the calls that come after; whoever is last then, the retiring thread or a call, destroys.
 *
 * <p>The count is striped by thread, so that threads do not meet in one cache line: two uncontended
 * atomic adds a call. A call enters its stripe before it reads {@link #retired}, and retiring sets
 * that before it reads the stripes; so each stripe that is read as 0 stays free of calls that use
 * the handle, and all of them need not be read at one moment.
 */
public abstract class Handle {
  private static final int STRIPES =
      Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()) * 2 - 1);
  private static final int LONGS_A_CACHE_LINE = 8;
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle DESTROYED;

  static {
    try {
      DESTROYED = MethodHandles.lookup().findVarHandle(Handle.class, "destroyed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long address;
  private final String noun;
  private final long[] users = new long[STRIPES * LONGS_A_CACHE_LINE];
  private volatile boolean retired;
  private volatile boolean destroyed;

  Handle(long address, String noun) {
    this.address = address;
    this.noun = noun;
  }

  abstract void destroy(long address);

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
    DESTROYED.setVolatile(this, true);
    retired = true;
  }

  private void destroyIfUnused() {
    for (int stripe = 0; stripe < users.length; stripe += LONGS_A_CACHE_LINE) {
      if ((long) COUNT.getVolatile(users, stripe) != 0) return;
    }
    if (DESTROYED.compareAndSet(this, false, true)) destroy(address);
  }
}

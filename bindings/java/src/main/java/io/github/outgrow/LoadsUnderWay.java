// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The loads that run in this noun, by key. The library says who loads and who waits; this wakes
 * those who wait, where they would else ask in a loop, and tells them what the load threw: each
 * would be told the same after as long again, and the last after as often as there are callers.
 */
final class LoadsUnderWay {
  /**
   * How often it is asked what nothing here tells: a lease held elsewhere, a clock moved by hand.
   */
  static final long ASK_AGAIN_NANOS = 1_000_000;

  /** And of a load here, whose lease may fall early: by a delete, a call's deadline, a close. */
  private static final long LOOK_AGAIN_NANOS = 50 * ASK_AGAIN_NANOS;

  private final boolean manual;
  private final Map<ByteBuffer, Load> loads = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param manual whether leases fall by a clock that is moved by hand
   */
  LoadsUnderWay(boolean manual) {
    this.manual = manual;
  }

  /** A load, and who asks again when it ends, whichever way. */
  static final class Load {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Set<Runnable> askers = ConcurrentHashMap.newKeySet();
    private volatile Thread loader = Thread.currentThread();
    private volatile Throwable failure;

    /** The loader has returned; what it started goes on elsewhere. */
    void returned() {
      loader = null;
    }

    /** Before its lease is given back: whoever gets that next knows that it has failed. */
    void fails(Throwable thrown) {
      Throwable cause = thrown;
      while (cause instanceof CompletionException && cause.getCause() != null)
        cause = cause.getCause();
      // That its own caller was told to stop is nothing to those who were not.
      if (!(cause instanceof InterruptedException || cause instanceof CancellationException))
        failure = thrown;
    }

    /**
     * What it threw, for those who waited for it; null when there is no load or it did not fail.
     */
    static Throwable failure(Load waited) {
      return waited == null ? null : waited.failure;
    }

    void whenEnded(Runnable asker) {
      askers.add(asker);
      if (ended.isDone() && askers.remove(asker)) asker.run();
    }

    void leave(Runnable asker) {
      askers.remove(asker);
    }

    private void end() {
      loader = null;
      ended.complete(null);
      for (Runnable asker : askers) {
        if (askers.remove(asker)) asker.run();
      }
    }
  }

  Load begin(byte[] key) {
    Load load = new Load();
    loads.put(ByteBuffer.wrap(key), load);
    return load;
  }

  /** After its lease is settled: who waited asks again at once. */
  void end(byte[] key, Load load) {
    loads.remove(ByteBuffer.wrap(key), load);
    load.end();
  }

  /**
   * The key has changed, and whoever loads it has no lease any more: who waits need not wait on.
   */
  void changed(byte[] key) {
    Load load = loads.remove(ByteBuffer.wrap(key));
    if (load != null) load.end();
  }

  /**
   * The key's, or null.
   *
   * @throws IllegalStateException when it is this thread that loads it: it would wait for itself
   */
  Load of(byte[] key) {
    Load load = loads.get(ByteBuffer.wrap(key));
    if (load != null && load.loader == Thread.currentThread()) {
      throw new IllegalStateException(
          "the loader of a key asks for that key, which it is to load itself: "
              + Bytes.text(key, 100));
    }
    return load;
  }

  /**
   * Until a load ends, or it is time to ask again.
   *
   * @param load or null: it runs elsewhere
   * @param nanos for how long its lease stands at most
   * @throws CancellationException interrupted, which is the thread's again
   */
  void await(Load load, long nanos) {
    try {
      if (load == null) {
        TimeUnit.NANOSECONDS.sleep(Math.min(nanos, ASK_AGAIN_NANOS));
      } else {
        load.ended.get(
            manual ? ASK_AGAIN_NANOS : Math.min(nanos, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
      }
    } catch (TimeoutException e) {
      // The lease may have fallen: ask again.
    } catch (ExecutionException e) {
      throw new AssertionError("a load's end does not fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException)
          new CancellationException("interrupted while another loads the key").initCause(e);
    }
  }

  /** Throws what a load threw, to one who asked with the same loader or its like. */
  @SuppressWarnings("unchecked")
  static <E extends Throwable> E thrown(Throwable failure) throws E {
    throw (E) failure;
  }
}

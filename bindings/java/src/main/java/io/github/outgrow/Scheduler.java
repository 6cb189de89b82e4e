// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs tasks later: what waits in place of a thread. Tests with a manual clock bring their own. */
@FunctionalInterface
public interface Scheduler {
  /**
   * A daemon thread that all share; it starts with a task, and ends when there is none for a
   * second.
   */
  Scheduler SHARED = new Shared();

  /**
   * Runs the task after the delay, on any thread.
   *
   * @param task short, and throws nothing
   * @param delay more than 0
   * @return what cancels it
   */
  Scheduled schedule(Runnable task, Duration delay);

  /** A task that has yet to run. */
  @FunctionalInterface
  interface Scheduled {
    /** It need not run any more; after it ran, this does nothing. */
    void cancel();
  }

  /** {@link #SHARED}. */
  final class Shared implements Scheduler {
    private final ScheduledThreadPoolExecutor executor;

    private Shared() {
      executor = new ScheduledThreadPoolExecutor(1, task -> Daemon.of(task, "outgrow-scheduler"));
      executor.setRemoveOnCancelPolicy(true);
      executor.setKeepAliveTime(1, TimeUnit.SECONDS);
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public Scheduled schedule(Runnable task, Duration delay) {
      var scheduled =
          executor.schedule(
              Objects.requireNonNull(task, "task"),
              Bytes.timeout(delay, "delay"),
              TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A manual clock, and what is scheduled by it: nothing runs but in {@link #advance}. */
final class ManualScheduler implements Scheduler, AutoCloseable {
  final Clock clock = Clock.manual(0);
  private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));

  private record Task(long at, Runnable run) {}

  @Override
  public Scheduled schedule(Runnable run, Duration delay) {
    Task task = new Task(clock.now() + delay.toNanos(), run);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  int waiting() {
    return tasks.size();
  }

  void advance(Duration by) {
    long end = clock.now() + by.toNanos();
    while (!tasks.isEmpty() && tasks.peek().at() <= end) {
      Task task = tasks.poll();
      clock.set(task.at());
      task.run().run();
    }
    clock.set(end);
  }

  @Override
  public void close() {
    clock.close();
  }
}

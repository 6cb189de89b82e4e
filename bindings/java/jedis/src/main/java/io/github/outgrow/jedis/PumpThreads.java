// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a pump, from its start to its stop. One takes commands as they are due, whatever
 * the network does: a machine's agent goes on while its server is silent. The other sends them, and
 * begins with the first command.
 */
final class PumpThreads {
  /** How long a stop, or another process's death, may go unseen. */
  private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

  /** Between two looks where nothing was due, however soon the fleet wants to be looked at. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

  private static final Batch END = new Batch(0, List.of());

  /** Commands, and when they were taken: a command that is due is due then. */
  private record Batch(long takenAt, List<Command> commands) {}

  private final FleetCalls fleet;
  private final Carrier carrier;
  private final long timeoutNanos;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final BlockingQueue<Batch> batches = new LinkedBlockingQueue<>();
  private final Thread taker;
  private final Thread sender;

  PumpThreads(FleetCalls fleet, Carrier carrier, String name, Duration timeout) {
    this.fleet = fleet;
    this.carrier = carrier;
    this.timeoutNanos = timeout.toNanos();
    this.taker = daemon(this::take, name);
    this.sender = daemon(this::send, name + "-sender");
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    taker.start();
  }

  boolean areAlive() {
    return taker.isAlive();
  }

  /** Waits for both, so long at most. */
  void end(Duration timeout) throws InterruptedException {
    ended.countDown();
    long until = System.nanoTime() + timeout.toNanos();
    for (Thread thread : List.of(taker, sender)) {
      long left = until - System.nanoTime();
      if (left > 0) thread.join(left / 1_000_000, (int) (left % 1_000_000));
    }
  }

  private void take() {
    try {
      while (ended.getCount() > 0) takeOnce();
      hand(fleet.take()); // such as leave()
    } catch (IllegalStateException closed) {
      ended.countDown();
    } finally {
      batches.add(END);
    }
  }

  private void takeOnce() {
    long began = System.nanoTime();
    try {
      boolean due = fleet.waitDue(LONGEST_WAIT);
      if (ended.getCount() == 0 || hand(fleet.take())) return;
      if (due || System.nanoTime() - began < SHORTEST_WAIT.toNanos()) pause(SHORTEST_WAIT);
    } catch (CancellationException interrupted) {
      Thread.interrupted(); // nobody has a reason to: stop() is what ends it
    } catch (IllegalStateException closed) {
      throw closed;
    } catch (RuntimeException failure) { // must not end it, nor make it spin
      fleet.broken(Failure.name(failure));
      pause(LONGEST_WAIT);
    }
  }

  private boolean hand(String taken) {
    List<Command> commands = Resp.commands(taken);
    if (commands.isEmpty()) return false;
    batches.add(new Batch(System.nanoTime(), commands));
    if (sender.getState() == Thread.State.NEW) sender.start();
    return true;
  }

  private void pause(Duration duration) {
    try {
      ended.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // As above.
    }
  }

  private void send() {
    try (carrier) {
      boolean goesOn = true;
      while (goesOn) goesOn = sendOnce();
    } catch (IllegalStateException closed) {
      ended.countDown();
    }
  }

  private boolean sendOnce() {
    List<Batch> waiting = new ArrayList<>();
    try {
      waiting.add(batches.take());
    } catch (InterruptedException e) {
      return true;
    }
    batches.drainTo(waiting);
    List<Command> commands = fresh(waiting);
    while (!commands.isEmpty()) {
      carrier.carry(commands);
      // What the replies made due, without the way through the other thread.
      commands = ended.getCount() == 0 ? List.of() : Resp.commands(fleet.take());
    }
    return !waiting.contains(END);
  }

  /**
   * What of them is still to be sent, as one batch. What lay about for half of the timeout, behind
   * a server that was silent, is not: nobody waits for its replies.
   */
  private List<Command> fresh(List<Batch> batches) {
    long now = System.nanoTime();
    List<Command> commands = new ArrayList<>();
    for (Batch batch : batches)
      if (now - batch.takenAt <= timeoutNanos / 2) commands.addAll(batch.commands);
    return commands;
  }
}

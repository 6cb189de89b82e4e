// SPDX-License-Identifier: Apache-2.0
package io.github.outgrow.jedis;

import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for a fleet: gives what a test wants carried, and prints what comes back. */
final class Scripted implements FleetCalls {
  private final String name;
  private final BlockingDeque<String> due = new LinkedBlockingDeque<>();
  final AtomicInteger waits = new AtomicInteger();
  volatile boolean alwaysDue;
  volatile boolean deaf;

  Scripted(String name) {
    this.name = name;
  }

  void give(String commands) {
    due.add(commands);
  }

  @Override
  public boolean waitDue(Duration timeout) {
    waits.incrementAndGet();
    if (alwaysDue) return true;
    try {
      if (deaf) {
        Thread.sleep(timeout.toMillis());
        return false;
      }
      String first = due.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (first == null) return false;
      due.addFirst(first);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted"); // as a fleet does
    }
  }

  @Override
  public String take() {
    String commands = due.poll();
    if (commands == null) return "";
    Driven.print("taken", name);
    return commands;
  }

  @Override
  public void reply(long command, byte[] reply) {
    Driven.print("reply", name, command, HexFormat.of().formatHex(reply));
  }

  @Override
  public void broken(String why) {
    Driven.print("broken", name, why);
  }
}

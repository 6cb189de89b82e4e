// SPDX-License-Identifier: Apache-2.0

import io.github.outgrow.Clock;
import io.github.outgrow.ConcurrencyLimiter;
import io.github.outgrow.ConcurrencyStat;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.RateLimiterStat;
import io.github.outgrow.Scope;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** Worker SEGMENT RATE LIMIT: see worker.c. System.nanoTime is CLOCK_MONOTONIC on Linux. */
final class Worker {
  private static final long MS = 1_000_000;

  private final Clock clock;
  private final RateLimiter limiter;
  private final ConcurrencyLimiter room;
  private long held;

  private Worker(Clock clock, RateLimiter limiter, ConcurrencyLimiter room) {
    this.clock = clock;
    this.limiter = limiter;
    this.room = room;
  }

  public static void main(String[] arguments) throws IOException {
    try (Clock clock = Clock.system();
        Scope scope = Scope.host(arguments[0]);
        RateLimiter limiter =
            RateLimiter.builder().rate(arguments[1]).clock(clock).scope(scope, "calls").build();
        ConcurrencyLimiter room =
            ConcurrencyLimiter.builder()
                .limit(Integer.parseInt(arguments[2]))
                .permit("0")
                .scope(scope, "room")
                .build();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in))) {
      Worker worker = new Worker(clock, limiter, room);
      System.out.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(worker.answer(line.split(" ", 3)));
      }
    }
  }

  private String answer(String[] words) throws IOException {
    switch (words[0]) {
      case "hammer":
        return hammer(Long.parseLong(words[1]) * MS, Long.parseLong(words[2]) * MS);
      case "calls":
        return calls(Long.parseLong(words[1]) * MS, Path.of(words[2]));
      case "enter":
        held = room.enter();
        return held > 0 ? "1" : "0";
      case "exit":
        return room.exit(held) ? "1" : "0";
      case "look":
        return room.inFlight()
            + " "
            + limiter.stat(RateLimiterStat.ALLOWED)
            + " "
            + room.stat(ConcurrencyStat.ORPHANED);
      default:
        throw new IllegalArgumentException("no command: " + words[0]);
    }
  }

  private String hammer(long duration, long pause) {
    long first = clock.now();
    long now = first;
    long admitted = 0;
    long deniedFrom = 0;
    long deniedTo = 0;
    long paused = 0;
    while (now - first < duration) {
      boolean passed = limiter.tryAcquire("key");
      long after = clock.now();
      if (passed) {
        ++admitted;
      } else {
        if (deniedFrom == 0) {
          deniedFrom = after;
        } else if (after - deniedTo > pause) {
          paused += after - deniedTo;
        }
        deniedTo = now;
      }
      now = after;
    }
    return admitted + " " + first + " " + now + " " + deniedFrom + " " + deniedTo + " " + paused;
  }

  private String calls(long duration, Path path) throws IOException {
    long admitted = 0;
    long refused = 0;
    long lapsed = 0;
    long began = System.nanoTime();
    try (BufferedWriter lines = Files.newBufferedWriter(path)) {
      while (System.nanoTime() - began < duration) {
        long permit = room.enter();
        if (permit == ConcurrencyLimiter.FULL) {
          ++refused;
          continue;
        }
        long from = System.nanoTime();
        if (++admitted % 2 == 0) LockSupport.parkNanos(MS / 10);
        long to = System.nanoTime();
        if (!room.exit(permit)) ++lapsed;
        lines.write(from + " " + to + "\n");
      }
    }
    return admitted + " " + refused + " " + lapsed;
  }
}

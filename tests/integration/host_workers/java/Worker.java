// SPDX-License-Identifier: Apache-2.0

import io.github.outgrow.Clock;
import io.github.outgrow.ConcurrencyLimiter;
import io.github.outgrow.ConcurrencyStat;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.RateLimiterStat;
import io.github.outgrow.Scope;
import io.github.outgrow.Slot;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Worker SEGMENT RATE LIMIT: see worker.c. System.nanoTime is CLOCK_MONOTONIC on Linux. */
final class Worker {
  private static final long MS = 1_000_000;

  private static final byte[] KEY = {'k', 'e', 'y'};

  private final Map<String, RateLimiter> made = new HashMap<>();
  private final Scope scope;
  private final Clock clock;
  private final RateLimiter limiter;
  private final ConcurrencyLimiter room;
  private long held;

  private Worker(Scope scope, Clock clock, RateLimiter limiter, ConcurrencyLimiter room) {
    this.scope = scope;
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
      Worker worker = new Worker(scope, clock, limiter, room);
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
      case "make":
        return make(words[1], words[2].split(" "));
      default:
        return answerOfKinds(made.get(words[1]), words);
    }
  }

  private static String answerOfKinds(RateLimiter of, String[] words) throws IOException {
    switch (words[0]) {
      case "plan":
        of.setPlan(KEY, words[2]);
        return "1";
      case "spend":
        return spend(of, Long.parseLong(words[2]) * MS);
      case "turns":
        String[] rest = words[2].split(" ", 2);
        return turns(of, Long.parseLong(rest[0]) * MS, Path.of(rest[1]));
      case "hold":
        return hold(of, Integer.parseInt(words[2]));
      case "settle":
        return settle(of, Long.parseLong(words[2]) * MS);
      case "reserved":
        return of.stat(RateLimiterStat.RESERVED) + " " + of.stat(RateLimiterStat.ORPHANED);
      case "stats":
        try (Clock clock = Clock.system()) {
          return of.stat(RateLimiterStat.ALLOWED)
              + " "
              + of.stat(RateLimiterStat.DENIED)
              + " "
              + clock.now();
        }
      default:
        throw new IllegalArgumentException("no command: " + words[0]);
    }
  }

  private String make(String name, String[] options) {
    var builder = RateLimiter.builder();
    for (String option : options) {
      String[] pair = option.split("=", 2);
      builder.option(pair[0], pair[1]);
    }
    made.put(name, builder.scope(scope, name).build());
    return "1";
  }

  private static String spend(RateLimiter of, long duration) {
    long admitted = 0;
    long denied = 0;
    for (long began = System.nanoTime(); System.nanoTime() - began < duration; ) {
      if (of.tryAcquire(KEY)) ++admitted;
      else ++denied;
    }
    return admitted + " " + denied;
  }

  private static String turns(RateLimiter of, long duration, Path path) throws IOException {
    long reserved = 0;
    long refused = 0;
    long returned = 0;
    try (BufferedWriter lines = Files.newBufferedWriter(path)) {
      for (long began = System.nanoTime(); System.nanoTime() - began < duration; ) {
        Slot slot = of.reserveSlot(KEY, 1, Duration.ofDays(1));
        if (slot.waitNanos() != 0) {
          ++refused;
        } else if (++reserved % 3 == 0 && of.cancelSlot(KEY, 1, slot.number())) {
          ++returned;
        } else {
          lines.write(slot.number() + "\n");
        }
      }
    }
    return reserved + " " + refused + " " + returned;
  }

  private static String hold(RateLimiter of, int count) {
    int could = 0;
    for (int i = 0; i < count; ++i) {
      if (of.tryReserve(KEY, 5, Duration.ZERO) > 0) ++could;
    }
    return String.valueOf(could);
  }

  private static String settle(RateLimiter of, long duration) {
    long settled = 0;
    long refused = 0;
    long cost = 0;
    for (long began = System.nanoTime(); System.nanoTime() - began < duration; ) {
      long reservation = of.tryReserve(KEY, 5, Duration.ZERO);
      if (reservation <= 0) {
        ++refused;
        continue;
      }
      if (!of.settle(reservation, settled % 6)) {
        throw new IllegalStateException("a reservation no longer stood");
      }
      cost += settled++ % 6;
    }
    return settled + " " + refused + " " + cost;
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

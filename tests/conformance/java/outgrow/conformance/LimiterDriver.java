// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.InvalidArgumentException;
import io.github.outgrow.RateLimit;
import io.github.outgrow.RateLimiter;
import io.github.outgrow.RateLimiterStat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

final class LimiterDriver implements Driver {
  private final RateLimiter limiter;

  LimiterDriver(Step vector, Clock clock) {
    RateLimiter.Builder builder =
        vector.object("config").options(RateLimiter.builder()).clock(clock);
    limiter = (Runner.scope == null ? builder : builder.scope(Runner.scope, Runner.name)).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    byte[] key = step.bytes("key");
    long cost = step.integer("cost", 1);
    boolean given = step.timeGiven();
    switch (step.op()) {
      case "acquire":
        return spell(
            () ->
                given ? limiter.tryAcquireAt(key, cost, now) : limiter.tryAcquireNanos(key, cost));
      case "peek":
        return spell(() -> given ? limiter.peekAt(key, cost, now) : limiter.peek(key, cost));
      case "detailed":
        return detailed(
            () ->
                given
                    ? limiter.tryAcquireDetailedAt(key, cost, now)
                    : limiter.tryAcquireDetailed(key, cost));
      case "many":
        return many(step, given, now);
      case "stats":
        return Map.of(
            "allowed",
            limiter.stat(RateLimiterStat.ALLOWED),
            "denied",
            limiter.stat(RateLimiterStat.DENIED),
            "crowded_out",
            limiter.stat(RateLimiterStat.CROWDED_OUT),
            "keys",
            limiter.stat(RateLimiterStat.KEYS));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private static Object spell(Callable<Long> call) throws Exception {
    try {
      return spell(call.call());
    } catch (InvalidArgumentException e) {
      return "invalid";
    }
  }

  private static Object spell(long wait) {
    return wait == RateLimiter.NEVER ? "never" : wait == RateLimiter.INVALID ? "invalid" : wait;
  }

  private static Object detailed(Callable<RateLimit> call) throws Exception {
    try {
      RateLimit said = call.call();
      return Map.of(
          "wait",
          spell(said.waitNanos()),
          "limit",
          said.limit(),
          "remaining",
          said.remaining(),
          "reset_after",
          said.resetAfterNanos());
    } catch (InvalidArgumentException e) {
      return Map.of("wait", "invalid", "limit", 0, "remaining", 0, "reset_after", 0);
    }
  }

  private Object many(Step step, boolean given, long now) {
    List<byte[]> keys = step.allBytes("keys");
    long[] costs = step.has("costs") ? new long[keys.size()] : null;
    for (int i = 0; costs != null && i < costs.length; ++i)
      costs[i] = step.list("costs").get(i).getAsLong();
    long[] waits =
        given ? limiter.tryAcquireManyAt(keys, costs, now) : limiter.tryAcquireMany(keys, costs);
    List<Object> spelled = new ArrayList<>();
    int passed = 0;
    for (long wait : waits) {
      spelled.add(spell(wait));
      if (wait == 0) ++passed;
    }
    return Map.of("passed", passed, "waits", spelled);
  }

  @Override
  public void close() {
    limiter.close();
  }
}

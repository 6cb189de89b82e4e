// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.ConcurrencyLimiter;
import io.github.outgrow.ConcurrencyStat;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

final class ConcurrencyDriver implements Driver {
  private final ConcurrencyLimiter limiter;
  private final Map<String, Long> permits = new HashMap<>();

  ConcurrencyDriver(Step vector, Clock clock) {
    ConcurrencyLimiter.Builder builder =
        vector.object("config").options(ConcurrencyLimiter.builder()).clock(clock);
    limiter = (Runner.scope == null ? builder : builder.scope(Runner.scope, Runner.name)).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    switch (step.op()) {
      case "enter":
        long given = limiter.enter();
        if (given == ConcurrencyLimiter.FULL) return "full";
        permits.put(step.text("as", ""), given);
        return "permit";
      case "exit":
        return Words.settled(() -> limiter.exit(permits.get(step.text("permit", ""))));
      case "in_flight":
        return limiter.inFlight();
      case "limit":
        return limiter.limit();
      case "stat":
        return limiter.stat(
            ConcurrencyStat.valueOf(step.text("which", "").toUpperCase(Locale.ROOT)));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  @Override
  public void close() {
    limiter.close();
  }
}

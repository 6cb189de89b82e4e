// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Clock;
import java.util.HashMap;
import java.util.Map;

final class BreakerDriver implements Driver {
  private final CircuitBreaker breaker;
  private final Map<String, Long> permits = new HashMap<>();

  BreakerDriver(Step vector, Clock clock) {
    CircuitBreaker.Builder builder =
        vector.object("config").options(CircuitBreaker.builder()).clock(clock);
    breaker = (Runner.scope == null ? builder : builder.scope(Runner.scope, Runner.name)).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    long permit = permits.getOrDefault(step.text("permit", ""), 0L);
    switch (step.op()) {
      case "enter":
        long given = breaker.enter();
        if (given == CircuitBreaker.REFUSED) return "refused";
        permits.put(step.text("as", ""), given);
        return "permit";
      case "exit":
        return Words.settled(() -> breaker.exit(permit, step.flag("success", false)));
      case "cancel":
        return Words.settled(() -> breaker.cancel(permit));
      case "state":
        return Words.of(breaker.state());
      case "retry_after":
        return breaker.retryAfter();
      case "transitions":
        return breaker.transitions();
      case "force_open":
        return Words.done(breaker::forceOpen);
      case "force_closed":
        return Words.done(breaker::forceClosed);
      case "reset":
        return Words.done(breaker::reset);
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  @Override
  public void close() {
    breaker.close();
  }
}

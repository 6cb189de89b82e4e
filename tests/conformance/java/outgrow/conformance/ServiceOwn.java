// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.CircuitBreaker;
import java.time.Duration;

final class ServiceOwn {
  private ServiceOwn() {}

  static Object end(ServiceDriver driver, Step step, long now) throws Exception {
    return Answers.stood(
        () -> ended(driver, step, driver.held.getOrDefault(step.text("call", ""), 0L), step.ttl()));
  }

  private static boolean ended(ServiceDriver driver, Step step, long ticket, Duration ttl) {
    if (!step.flag("success", true)) return driver.service.end(ticket, false);
    if (step.has("value")) return driver.service.end(ticket, null, step.bytes("value"), ttl);
    return step.flag("absent", false)
        ? driver.service.endAbsent(ticket, null, ttl)
        : driver.service.end(ticket, true);
  }

  static Object breaker(ServiceDriver driver, Step step, long now) {
    int index = driver.endpoints.find(step.text("name", ""));
    return driver.service.breaker(index).map(ServiceOwn::state).orElse(null);
  }

  private static String state(CircuitBreaker breaker) {
    try (breaker) {
      return Answers.word(breaker.state());
    }
  }
}

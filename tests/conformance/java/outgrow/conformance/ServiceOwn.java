// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Service;
import io.github.outgrow.ServiceAnswer;
import java.time.Duration;
import java.util.Map;

final class ServiceOwn {
  private ServiceOwn() {}

  static Object begin(ServiceDriver driver, Step step, long now) {
    ServiceAnswer answer =
        driver.service.begin(step.flag("write", false), step.bytes("client"), step.bytes("key"));
    if (answer.ticket() > 0) driver.held.put(step.text("as", ""), answer.ticket());
    Map<String, Object> out = whereIs(driver, answer.ticket());
    out.put("outcome", Answers.word(answer.outcome()));
    out.put("value", answer.value() == null ? null : new String(answer.value(), UTF_8));
    out.put("wait_ms", answer.waitNanos() / 1_000_000);
    return out;
  }

  static Object end(ServiceDriver driver, Step step, long now) throws Exception {
    return Answers.stood(() -> ended(driver, step, ticket(driver, step), step.ttl()));
  }

  private static boolean ended(ServiceDriver driver, Step step, long ticket, Duration ttl) {
    if (!step.flag("success", true)) return driver.service.end(ticket, false);
    if (step.has("value")) return driver.service.end(ticket, null, step.bytes("value"), ttl);
    return step.flag("absent", false)
        ? driver.service.endAbsent(ticket, null, ttl)
        : driver.service.end(ticket, true);
  }

  static Object where(ServiceDriver driver, Step step, long now) {
    return whereIs(driver, ticket(driver, step));
  }

  private static long ticket(ServiceDriver driver, Step step) {
    return driver.held.getOrDefault(step.text("call", ""), 0L);
  }

  private static Map<String, Object> whereIs(ServiceDriver driver, long ticket) {
    int server = driver.service.server(ticket);
    int node = driver.service.node(ticket);
    return Answers.map(
        "server",
        server < 0 ? place(server) : driver.endpoints.name(server),
        "node",
        node < 0 ? place(node) : node);
  }

  private static String place(int number) {
    return number == Service.LAPSED ? "lapsed" : "none";
  }

  static Object server(ServiceDriver driver, Step step, long now) {
    int index = driver.endpoints.find(step.text("name", ""));
    return Answers.map(
        "breaker",
        driver.service.breaker(index).map(ServiceOwn::state).orElse(null),
        "in_flight",
        driver.endpoints.inFlight(index),
        "calls",
        driver.endpoints.calls(index),
        "failures",
        driver.endpoints.failures(index),
        "picks",
        driver.balancer.picks(index));
  }

  private static String state(CircuitBreaker breaker) {
    try (breaker) {
      return Answers.word(breaker.state());
    }
  }

  static Object node(ServiceDriver driver, Step step, long now) {
    int node = (int) step.integer("node", 0);
    return Answers.map(
        "in_flight", driver.replicas.inFlight(node), "reads", driver.replicas.reads(node));
  }
}

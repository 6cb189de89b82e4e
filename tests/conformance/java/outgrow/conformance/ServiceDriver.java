// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.outgrow.Balancer;
import io.github.outgrow.CircuitBreaker;
import io.github.outgrow.Clock;
import io.github.outgrow.Endpoints;
import io.github.outgrow.NativeResource;
import io.github.outgrow.ReplicaRouter;
import io.github.outgrow.Service;
import io.github.outgrow.ServiceAnswer;
import io.github.outgrow.ServiceStat;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

final class ServiceDriver implements Driver {
  private final Service service;
  // Null where the service has none.
  private final Endpoints endpoints;
  private final Balancer balancer;
  private final ReplicaRouter replicas;
  private final Map<String, Long> tickets = new HashMap<>();

  ServiceDriver(Step vector, Clock clock) {
    service = vector.object("config").options(Service.builder()).clock(clock).build();
    endpoints = service.endpoints().orElse(null);
    balancer = service.balancer().orElse(null);
    replicas = service.replicas().orElse(null);
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    String name = step.text("name", "");
    long ticket = tickets.getOrDefault(step.text("call", ""), 0L);
    int index = endpoints == null ? Endpoints.NONE : endpoints.find(name);
    int node = (int) step.integer("node", 0);
    switch (step.op()) {
      case "begin":
        return begin(step);
      case "end":
        return Words.settled(() -> end(ticket, step));
      case "cancel":
        return Words.settled(() -> service.cancel(ticket));
      case "where":
        return where(ticket);
      case "count":
        return service.stat(ServiceStat.valueOf(name.toUpperCase(Locale.ROOT)));
      case "server":
        return server(index);
      case "node":
        return Map.of("in_flight", replicas.inFlight(node), "reads", replicas.reads(node));
      case "set_node_healthy":
        return Words.done(() -> replicas.setHealthy(node, step.flag("healthy", true)));
      default:
        return EndpointsDriver.change(endpoints, step, index);
    }
  }

  private Map<String, Object> begin(Step step) {
    ServiceAnswer answer =
        service.begin(step.flag("write", false), step.bytes("client"), step.bytes("key"));
    if (answer.ticket() > 0) tickets.put(step.text("as", ""), answer.ticket());
    Map<String, Object> out = where(answer.ticket());
    out.put("outcome", Words.of(answer.outcome()));
    out.put("value", answer.value() == null ? null : new String(answer.value(), UTF_8));
    out.put("wait_ms", answer.waitNanos() / 1_000_000);
    return out;
  }

  private boolean end(long ticket, Step step) {
    Duration ttl = step.has("ttl_ms") ? Duration.ofMillis(step.integer("ttl_ms", 0)) : null;
    if (!step.flag("success", true)) return service.end(ticket, false);
    if (step.has("value")) return service.end(ticket, null, step.bytes("value"), ttl);
    return step.flag("absent", false)
        ? service.endAbsent(ticket, null, ttl)
        : service.end(ticket, true);
  }

  private Map<String, Object> where(long ticket) {
    int server = service.server(ticket);
    int node = service.node(ticket);
    Map<String, Object> out = new HashMap<>();
    out.put("server", server < 0 ? place(server) : endpoints.name(server));
    out.put("node", node < 0 ? place(node) : node);
    return out;
  }

  private static String place(int number) {
    return number == Service.LAPSED ? "lapsed" : "none";
  }

  private Map<String, Object> server(int index) {
    Map<String, Object> out = new HashMap<>();
    out.put(
        "breaker",
        service
            .breaker(index)
            .map(
                breaker -> {
                  try (CircuitBreaker closing = breaker) {
                    return Words.of(closing.state());
                  }
                })
            .orElse(null));
    out.put("in_flight", endpoints.inFlight(index));
    out.put("calls", endpoints.calls(index));
    out.put("failures", endpoints.failures(index));
    out.put("picks", balancer.picks(index));
    return out;
  }

  @Override
  public void close() {
    Stream.of(replicas, balancer, endpoints)
        .filter(Objects::nonNull)
        .forEach(NativeResource::close);
    service.close();
  }
}

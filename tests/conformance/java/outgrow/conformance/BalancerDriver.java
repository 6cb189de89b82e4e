// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.github.outgrow.Balancer;
import io.github.outgrow.Clock;
import io.github.outgrow.Endpoints;
import io.github.outgrow.Ticket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

final class BalancerDriver implements Driver {
  private final Endpoints endpoints;
  private final Balancer balancer;
  private final Map<String, Long> tickets = new HashMap<>();

  BalancerDriver(Step vector, Clock clock) {
    Step setup = vector.object("setup");
    Endpoints.Builder set =
        Endpoints.builder().maxEndpoints((int) setup.integer("max_endpoints", 256));
    endpoints = (Runner.scope == null ? set : set.scope(Runner.scope, Runner.name)).build();
    for (JsonElement element : setup.has("endpoints") ? setup.list("endpoints") : new JsonArray()) {
      Step added = new Step(element.getAsJsonObject());
      endpoints.add(added.text("name", ""), added.integer("weight", 1), added.text("zone", ""));
    }
    balancer = vector.object("config").options(Balancer.builder()).clock(clock).build(endpoints);
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    int index = endpoints.find(step.text("name", ""));
    switch (step.op()) {
      case "pick":
        return nameOf(balancer.pick(step.bytes("key")));
      case "pick_many":
        int[] picked =
            step.has("keys")
                ? balancer.pickMany(step.texts("keys"))
                : balancer.pickMany((int) step.integer("count", 0));
        return Arrays.stream(picked).mapToObj(this::nameOf).toList();
      case "acquire":
        Ticket ticket = balancer.acquire(step.bytes("key"));
        if (ticket.id() == Ticket.FULL) return "full";
        if (ticket.isGiven()) tickets.put(step.text("as", ""), ticket.id());
        return nameOf(ticket.index());
      case "release":
        return Words.settled(
            () ->
                balancer.release(
                    tickets.getOrDefault(step.text("ticket", ""), 0L),
                    step.flag("success", true),
                    Duration.ofMillis(step.integer("latency_ms", 0))));
      case "in_flight":
        return endpoints.inFlight(index);
      case "calls":
        return endpoints.calls(index);
      case "failures":
        return endpoints.failures(index);
      case "picks":
        return balancer.picks(index);
      default:
        return EndpointsDriver.change(endpoints, step, index);
    }
  }

  private String nameOf(int index) {
    return index == Balancer.NONE ? "none" : endpoints.name(index);
  }

  @Override
  public void close() {
    balancer.close();
    endpoints.close();
  }
}

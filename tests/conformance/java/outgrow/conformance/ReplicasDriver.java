// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.ReplicaRouter;
import io.github.outgrow.Ticket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

final class ReplicasDriver implements Driver {
  private final ReplicaRouter replicas;
  private final Map<String, Long> tickets = new HashMap<>();

  ReplicasDriver(Step vector, Clock clock) {
    replicas = vector.object("config").options(ReplicaRouter.builder()).clock(clock).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    int node = (int) step.integer("node", 0);
    switch (step.op()) {
      case "write":
        return word(replicas.write());
      case "read":
        return word(replicas.read());
      case "reads":
        return Arrays.stream(replicas.readMany((int) step.integer("count", 0)))
            .mapToObj(ReplicasDriver::word)
            .toList();
      case "acquire":
        Ticket ticket = replicas.acquire(step.flag("write", false));
        if (ticket.id() == Ticket.FULL) return "full";
        if (ticket.isGiven()) tickets.put(step.text("as", ""), ticket.id());
        return word(ticket.index());
      case "release":
        return Words.settled(
            () ->
                replicas.release(
                    tickets.getOrDefault(step.text("ticket", ""), 0L),
                    step.flag("success", true),
                    Duration.ofMillis(step.integer("latency_ms", 0))));
      case "set_healthy":
        return Words.done(() -> replicas.setHealthy(node, step.flag("healthy", true)));
      case "in_flight":
        return Words.orNumber(() -> replicas.inFlight(node));
      case "read_count":
        return Words.orNumber(() -> replicas.reads(node));
      case "write_count":
        return Words.orNumber(() -> replicas.writes());
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private static Object word(int node) {
    return node == ReplicaRouter.NONE ? "none" : node;
  }

  @Override
  public void close() {
    replicas.close();
  }
}

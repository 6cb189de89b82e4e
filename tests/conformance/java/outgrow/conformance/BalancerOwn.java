// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.github.outgrow.Balancer;
import io.github.outgrow.Clock;
import io.github.outgrow.Endpoints;
import java.util.Arrays;

final class BalancerOwn {
  private BalancerOwn() {}

  static void open(BalancerDriver driver, Step vector, Clock clock) {
    Step setup = vector.object("setup");
    Endpoints.Builder set =
        Endpoints.builder().maxEndpoints((int) setup.integer("max_endpoints", 256));
    driver.endpoints = (Runner.scope == null ? set : set.scope(Runner.scope, Runner.name)).build();
    for (JsonElement element : setup.has("endpoints") ? setup.list("endpoints") : new JsonArray()) {
      Step e = new Step(element.getAsJsonObject());
      driver.endpoints.add(e.text("name", ""), e.integer("weight", 1), e.text("zone", ""));
    }
    driver.balancer =
        vector.object("config").options(Balancer.builder()).clock(clock).build(driver.endpoints);
  }

  static Object pickMany(BalancerDriver driver, Step step, long now) {
    int[] picked =
        step.has("keys")
            ? driver.balancer.pickMany(step.texts("keys"))
            : driver.balancer.pickMany((int) step.integer("count", 0));
    return Arrays.stream(picked).mapToObj(index -> Answers.named(driver.endpoints, index)).toList();
  }
}

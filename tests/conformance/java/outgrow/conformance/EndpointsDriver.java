// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.Endpoints;

final class EndpointsDriver implements Driver {
  private final Endpoints endpoints;

  EndpointsDriver(Step vector, Clock clock) {
    Endpoints.Builder builder = vector.object("config").options(Endpoints.builder());
    endpoints = (Runner.scope == null ? builder : builder.scope(Runner.scope, Runner.name)).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    int index = (int) step.integer("index", -1);
    switch (step.op()) {
      case "count":
        return endpoints.count();
      case "find":
        int found = endpoints.find(step.text("name", ""));
        return found == Endpoints.NONE ? "none" : found;
      case "name":
        return Words.orInvalid(() -> endpoints.name(index));
      case "zone":
        return Words.orInvalid(() -> endpoints.zone(index));
      case "weight":
        return Words.orInvalid(() -> endpoints.weight(index));
      case "healthy":
        return Words.orInvalid(() -> endpoints.isHealthy(index) ? 1 : 0);
      default:
        return change(endpoints, step, index);
    }
  }

  /** The steps that change a set, of other nouns' vectors too. */
  static Object change(Endpoints endpoints, Step step, int index) throws Exception {
    switch (step.op()) {
      case "add":
        return Words.orError(
            () ->
                endpoints.add(
                    step.text("name", ""), step.integer("weight", 1), step.text("zone", null)));
      case "put":
        return Words.orError(
            () ->
                endpoints.put(
                    step.text("name", ""), step.integer("weight", 1), step.text("zone", null)));
      case "remove":
        return Words.done(() -> endpoints.remove(index));
      case "set_weight":
        return Words.done(() -> endpoints.setWeight(index, step.integer("weight", 1)));
      case "set_healthy":
        return Words.done(() -> endpoints.setHealthy(index, step.flag("healthy", true)));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  @Override
  public void close() {
    endpoints.close();
  }
}

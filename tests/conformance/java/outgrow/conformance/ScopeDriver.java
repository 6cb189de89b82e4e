// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.Scope;
import io.github.outgrow.ScopeStat;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Two owners of one segment, as two processes have them; steps with "on" are those of what was
 * made.
 */
final class ScopeDriver implements Driver {
  private final List<Scope> scopes;
  private final Clock clock;
  private final Map<String, Driver> made = new HashMap<>();

  ScopeDriver(Step vector, Clock clock) {
    this.clock = clock;
    String name = Runner.segmentName();
    Step config = vector.object("config");
    scopes =
        List.of(
            config.options(Scope.builder(name)).build(),
            config.options(Scope.builder(name)).build());
    Scope.remove(name);
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    if (step.has("on")) return made.get(step.text("on", "")).step(step, now);
    switch (step.op()) {
      case "make":
        return Answers.orError(() -> make(step));
      case "stats":
        return Map.of(
            "objects",
            scopes.get(0).stat(ScopeStat.OBJECTS),
            "attachments",
            scopes.get(0).stat(ScopeStat.ATTACHMENTS));
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private String make(Step step) {
    Runner.scope = scopes.get((int) step.integer("scope", 0));
    Runner.name = step.text("name", "");
    try {
      made.put(step.text("as", ""), Runner.driver(step.text("noun", ""), step, clock));
      return "ok";
    } finally {
      Runner.scope = null;
    }
  }

  @Override
  public void close() {
    made.values().forEach(Driver::close);
    scopes.forEach(Scope::close);
  }
}

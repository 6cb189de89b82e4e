// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Clock;
import io.github.outgrow.Metrics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

final class MetricsDriver implements Driver {
  private final Metrics metrics;
  private final Map<String, Object> series = new HashMap<>();

  MetricsDriver(Step vector, Clock clock) {
    Metrics.Builder builder = vector.object("config").options(Metrics.builder());
    metrics = (Runner.scope == null ? builder : builder.scope(Runner.scope, Runner.name)).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    String name = step.text("name", null);
    String help = step.text("help", null);
    String instance = step.text("instance", null);
    Object of = series.get(step.text("id", ""));
    switch (step.op()) {
      case "counter":
        return define(step, () -> metrics.counter(name, help, instance));
      case "gauge":
        return define(step, () -> metrics.gauge(name, help, instance));
      case "histogram":
        return define(step, () -> metrics.histogram(name, help, instance));
      // What is of another kind has no such method in Java.
      case "increment":
        return of instanceof Metrics.Counter counter
            ? Words.done(() -> counter.increment(step.integer("by", 0)))
            : "invalid";
      case "set":
        return of instanceof Metrics.Gauge gauge
            ? Words.done(() -> gauge.set(step.number("value")))
            : "invalid";
      case "observe":
        return of instanceof Metrics.Histogram histogram
            ? Words.done(() -> histogram.observeNanos(step.integer("ns", 0)))
            : "invalid";
      case "render":
        String prefix = step.text("prefix", "");
        return metrics.render().lines().filter(line -> line.startsWith(prefix)).toList();
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  private String define(Step step, Callable<?> make) throws Exception {
    return Words.done(() -> series.put(step.text("as", ""), make.call()));
  }

  @Override
  public void close() {
    metrics.close();
  }
}

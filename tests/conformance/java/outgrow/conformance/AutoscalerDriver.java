// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.AutoScaler;
import io.github.outgrow.Clock;
import io.github.outgrow.Decision;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.OutgrowException;
import io.github.outgrow.ScaleMetric;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

final class AutoscalerDriver implements Driver {
  private final AutoScaler scaler;

  AutoscalerDriver(Step vector, Clock clock) {
    scaler = vector.object("config").options(AutoScaler.builder()).clock(clock).build();
  }

  @Override
  public Object step(Step step, long now) throws Exception {
    int count = (int) step.integer("count", 0);
    switch (step.op()) {
      case "observe":
        return Words.done(
            () ->
                scaler.observeAt(
                    step.number("cpu"),
                    step.number("memory"),
                    step.number("rate"),
                    step.number("response"),
                    step.number("error"),
                    now));
      case "observe_metric":
        // A metric that is none has no name in Java.
        Optional<ScaleMetric> metric =
            Arrays.stream(ScaleMetric.values())
                .filter(named -> Words.of(named).equals(step.text("metric", "")))
                .findAny();
        if (metric.isEmpty()) return "invalid";
        return Words.done(() -> scaler.observeAt(metric.get(), step.number("value"), now));
      case "decide":
        Decision decision;
        try {
          decision = scaler.explainAt(now);
        } catch (OutgrowException refused) {
          return unknown(refused, () -> scaler.decideAt(now));
        }
        if (decision.desired() != scaler.instances())
          throw new IllegalStateException("desired is not kept");
        return shown(decision);
      case "learn":
        return learn(step);
      case "forecast":
        OptionalDouble forecast = scaler.forecastAt(now);
        return forecast.isPresent() ? forecast.getAsDouble() : null;
      case "instances":
        try {
          return scaler.instances();
        } catch (OutgrowException refused) {
          return unknown(refused);
        }
      case "set_instances":
        return Words.done(() -> scaler.setInstances(count));
      case "set_ready":
        return Words.done(() -> scaler.setReady(count));
      case "history_first":
        return scaler.historyFirst();
      case "history_end":
        return scaler.historyEnd();
      case "history":
        return scaler
            .history(step.integer("sequence", 0))
            .map(AutoscalerDriver::shown)
            .orElse(null);
      default:
        throw new IllegalArgumentException("unknown op " + step.op());
    }
  }

  // It is unknown how many instances run, as the others say then too.
  private static String unknown(OutgrowException refused, Runnable... others) {
    if (refused.code() != ErrorCode.NONE || !refused.option().equals("initial_instances"))
      throw refused;
    for (Runnable other : others) {
      try {
        other.run();
      } catch (OutgrowException too) {
        unknown(too);
        continue;
      }
      throw new IllegalStateException("a count was made up");
    }
    return "unknown";
  }

  private long learn(Step step) {
    int count = step.list("rates").size();
    long[] at = new long[count];
    double[] rates = new double[count];
    for (int i = 0; i < count; ++i) {
      at[i] = (step.integer("from_ms", 0) + i * step.integer("every_ms", 0)) * 1_000_000;
      rates[i] = Step.number(step.list("rates").get(i));
    }
    return scaler.learn(at, rates);
  }

  private static Map<String, Object> shown(Decision decision) {
    Map<String, Object> seen = new HashMap<>();
    seen.put("previous", decision.previous());
    seen.put("desired", decision.desired());
    seen.put("action", Words.of(decision.action()));
    seen.put("reason", Words.of(decision.reason()));
    seen.put("metric", decision.metric() == null ? null : Words.of(decision.metric()));
    seen.put("value", orNull(decision.value()));
    seen.put("threshold", orNull(decision.threshold()));
    seen.put("reactive", decision.reactive());
    seen.put(
        "predicted", decision.predicted().isPresent() ? decision.predicted().getAsInt() : null);
    seen.put("forecast", orNull(decision.forecast()));
    seen.put("sequence", decision.sequence());
    seen.put("text", decision.text());
    return seen;
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  @Override
  public void close() {
    scaler.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Decision;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.OutgrowException;
import io.github.outgrow.ScaleMetric;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

final class AutoscalerOwn {
  private AutoscalerOwn() {}

  /** A metric that is none has no name in Java. */
  static Object observeMetric(AutoscalerDriver driver, Step step, long now) throws Exception {
    Optional<ScaleMetric> metric =
        Arrays.stream(ScaleMetric.values())
            .filter(named -> Answers.word(named).equals(step.text("metric")))
            .findAny();
    if (metric.isEmpty()) return "invalid";
    return Answers.done(() -> driver.autoscaler.observeAt(metric.get(), step.number("value"), now));
  }

  static Object decide(AutoscalerDriver driver, Step step, long now) {
    Decision decision;
    try {
      decision = driver.autoscaler.explainAt(now);
    } catch (OutgrowException refused) {
      return unknown(refused, () -> driver.autoscaler.decideAt(now));
    }
    if (decision.desired() != driver.autoscaler.instances())
      throw new IllegalStateException("desired is not kept");
    return shown(decision);
  }

  static Object instances(AutoscalerDriver driver, Step step, long now) {
    try {
      return driver.autoscaler.instances();
    } catch (OutgrowException refused) {
      return unknown(refused);
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

  static Object learn(AutoscalerDriver driver, Step step, long now) {
    int count = step.list("rates").size();
    long[] at = new long[count];
    double[] rates = new double[count];
    for (int i = 0; i < count; ++i) {
      at[i] = (step.integer("from_ms", 0) + i * step.integer("every_ms", 0)) * 1_000_000;
      rates[i] = Step.number(step.list("rates").get(i));
    }
    return driver.autoscaler.learn(at, rates);
  }

  static Object history(AutoscalerDriver driver, Step step, long now) {
    return driver
        .autoscaler
        .history(step.integer("sequence", 0))
        .map(AutoscalerOwn::shown)
        .orElse(null);
  }

  private static Map<String, Object> shown(Decision d) {
    Map<String, Object> seen =
        Answers.map(
            "metric", d.metric() == null ? null : Answers.word(d.metric()), "text", d.text());
    seen.put("previous", d.previous());
    seen.put("desired", d.desired());
    seen.put("action", Answers.word(d.action()));
    seen.put("reason", Answers.word(d.reason()));
    seen.put("value", Answers.orNull(d.value()));
    seen.put("threshold", Answers.orNull(d.threshold()));
    seen.put("reactive", d.reactive());
    seen.put("predicted", d.predicted().isPresent() ? d.predicted().getAsInt() : null);
    seen.put("forecast", Answers.orNull(d.forecast()));
    seen.put("sequence", d.sequence());
    return seen;
  }
}

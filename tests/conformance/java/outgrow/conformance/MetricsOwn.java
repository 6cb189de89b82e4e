// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Metrics;
import java.util.HashMap;
import java.util.Map;

/** A series is an object in Java: what is of another kind has no such method. */
final class MetricsOwn {
  private final Map<String, Object> series = new HashMap<>();

  private static MetricsOwn of(MetricsDriver driver) {
    if (driver.own == null) driver.own = new MetricsOwn();
    return (MetricsOwn) driver.own;
  }

  static Object counter(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).define(step, driver.metrics::counter);
  }

  static Object gauge(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).define(step, driver.metrics::gauge);
  }

  static Object histogram(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).define(step, driver.metrics::histogram);
  }

  static Object increment(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).series.get(step.text("id", "")) instanceof Metrics.Counter counter
        ? Answers.done(() -> counter.increment(step.integer("by", 0)))
        : "invalid";
  }

  static Object set(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).series.get(step.text("id", "")) instanceof Metrics.Gauge gauge
        ? Answers.done(() -> gauge.set(step.number("value")))
        : "invalid";
  }

  static Object observe(MetricsDriver driver, Step step, long now) throws Exception {
    return of(driver).series.get(step.text("id", "")) instanceof Metrics.Histogram histogram
        ? Answers.done(() -> histogram.observeNanos(step.integer("ns", 0)))
        : "invalid";
  }

  private interface Maker {
    Object make(String name, String help, String instance);
  }

  private Object define(Step step, Maker maker) throws Exception {
    return Answers.done(
        () ->
            series.put(
                step.text("as", ""),
                maker.make(
                    step.text("name", null),
                    step.text("help", null),
                    step.text("instance", null))));
  }
}

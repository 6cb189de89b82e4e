// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

final class AutoscalerOwn {
  private AutoscalerOwn() {}

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
}

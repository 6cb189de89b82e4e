// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

final class LimiterOwn {
  private LimiterOwn() {}

  static Object many(LimiterDriver driver, Step step, long now) {
    List<byte[]> keys = step.raws("keys");
    long[] costs =
        step.has("costs")
            ? StreamSupport.stream(step.list("costs").spliterator(), false)
                .mapToLong(cost -> cost.getAsLong())
                .toArray()
            : null;
    long[] waits =
        step.timeGiven()
            ? driver.limiter.tryAcquireManyAt(keys, costs, now)
            : driver.limiter.tryAcquireMany(keys, costs);
    return Map.of(
        "passed",
        Arrays.stream(waits).filter(wait -> wait == 0).count(),
        "waits",
        Arrays.stream(waits).mapToObj(Answers::waitWord).toList());
  }
}

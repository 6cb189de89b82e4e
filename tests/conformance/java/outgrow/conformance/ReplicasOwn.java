// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import java.util.Arrays;

final class ReplicasOwn {
  private ReplicasOwn() {}

  static Object reads(ReplicasDriver driver, Step step, long now) {
    return Arrays.stream(driver.replicas.readMany((int) step.integer("count", 0)))
        .mapToObj(Answers::indexWord)
        .toList();
  }
}

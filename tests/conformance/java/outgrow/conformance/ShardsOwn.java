// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import java.util.List;

final class ShardsOwn {
  private ShardsOwn() {}

  static Object move(ShardsDriver driver, Step step, long now) {
    return driver
        .marked
        .move(driver.shards, step.raw("key"))
        .<Object>map(move -> List.of(move.from(), move.to()))
        .orElse("stays");
  }
}

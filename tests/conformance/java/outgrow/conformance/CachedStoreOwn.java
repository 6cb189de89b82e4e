// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Batch;
import io.github.outgrow.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

final class CachedStoreOwn {
  private CachedStoreOwn() {}

  /** What a vector leaves unwritten is no error of the vector's. */
  static void close(CachedStoreDriver driver) {
    driver.kept.values().forEach(batch -> ((Batch) batch).close());
    driver.cachedStore.closeWrites(Duration.ZERO);
  }

  static Object take(CachedStoreDriver driver, Step step, long now) {
    Optional<Batch> batch = driver.cachedStore.takeBatch();
    if (batch.isEmpty()) return List.of();
    driver.kept.put(step.text("as"), batch.get());
    return batch.get().writes().stream()
        .map(write -> Answers.row(write.key(), write.isDelete() ? null : write.value()))
        .toList();
  }

  static Object done(CachedStoreDriver driver, Step step, long now) {
    Batch batch = (Batch) driver.kept.get(step.text("batch"));
    if (batch == null) return "ok"; // an empty one
    if (step.text("result").equals("ok")) batch.done();
    else batch.failed(ErrorCode.STORE);
    return "ok";
  }
}

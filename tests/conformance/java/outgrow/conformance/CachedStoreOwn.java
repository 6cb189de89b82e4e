// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import io.github.outgrow.Batch;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.Found;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

final class CachedStoreOwn {
  private static final class Batches extends HashMap<String, Batch> {
    private static final long serialVersionUID = 1;
  }

  private static Batches of(CachedStoreDriver driver) {
    if (driver.own == null) driver.own = new Batches();
    return (Batches) driver.own;
  }

  /** What a vector leaves unwritten is no error of the vector's. */
  static void close(CachedStoreDriver driver) {
    of(driver).values().forEach(Batch::close);
    driver.cachedStore.closeWrites(Duration.ZERO);
  }

  static Object get(CachedStoreDriver driver, Step step, long now) throws Exception {
    return Answers.orStatus(
        () -> {
          Found<String> found = driver.cachedStore.find(step.text("key"));
          return Answers.map("value", found.value(), "from", Answers.word(found.source()));
        });
  }

  static Object take(CachedStoreDriver driver, Step step, long now) {
    Optional<Batch> batch = driver.cachedStore.takeBatch();
    if (batch.isEmpty()) return List.of();
    of(driver).put(step.text("as"), batch.get());
    return batch.get().writes().stream()
        .map(write -> Answers.row(write.key(), write.isDelete() ? null : write.value()))
        .toList();
  }

  static Object done(CachedStoreDriver driver, Step step, long now) {
    Batch batch = of(driver).get(step.text("batch"));
    if (batch == null) return "ok"; // an empty one
    if (step.text("result").equals("ok")) batch.done();
    else batch.failed(ErrorCode.STORE);
    return "ok";
  }
}

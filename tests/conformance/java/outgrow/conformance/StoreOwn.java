// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.github.outgrow.Write;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

final class StoreOwn {
  private StoreOwn() {}

  static Object get(StoreDriver driver, Step step, long now) throws Exception {
    return Answers.orError(
        () -> {
          byte[] value = driver.store.get(step.raw("key"));
          if (value == null) return "absent";
          return step.flag("hex", false)
              ? HexFormat.of().formatHex(value)
              : new String(value, UTF_8);
        });
  }

  static Object batch(StoreDriver driver, Step step, long now) throws Exception {
    List<Write> writes = new ArrayList<>();
    for (JsonElement element : step.list("writes")) {
      JsonArray write = element.getAsJsonArray();
      writes.add(new Write(step.rawOf(write.get(0)), step.rawOf(write.get(1))));
    }
    return Answers.doneOrError(() -> driver.store.batchWrite(writes));
  }
}

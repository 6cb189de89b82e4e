// SPDX-License-Identifier: Apache-2.0
package outgrow.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import io.github.outgrow.ErrorCode;
import io.github.outgrow.Gather;
import io.github.outgrow.QueryFailedException;
import io.github.outgrow.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

final class GatherOwn {
  private GatherOwn() {}

  static Object start(GatherDriver driver, Step step, long now) throws Exception {
    JsonElement shards = step.json().get("shards");
    return Answers.done(
        () -> {
          Gather.Query started =
              shards.isJsonPrimitive()
                  ? driver.gather.start(shards.getAsInt())
                  : driver.gather.start(
                      StreamSupport.stream(shards.getAsJsonArray().spliterator(), false)
                          .mapToInt(JsonElement::getAsInt)
                          .toArray());
          Answers.close(driver.query);
          driver.query = started;
        });
  }

  /** A reason that is no error has no name in Java. */
  static Object fail(GatherDriver driver, Step step, long now) throws Exception {
    long number = step.integer("reason", ErrorCode.STORE.number());
    Optional<ErrorCode> reason =
        Arrays.stream(ErrorCode.values()).filter(code -> code.number() == number).findAny();
    if (reason.isEmpty()) return "invalid";
    int shard = (int) step.integer("shard", 0);
    return Answers.stood(() -> driver.query.fail(shard, reason.get(), step.text("message", null)));
  }

  static Object state(GatherDriver driver, Step step, long now) {
    return Map.of(
        "state", Answers.word(driver.query.stateAt(now)), "waiting", driver.query.waiting());
  }

  static Object rows(GatherDriver driver, Step step, long now) {
    List<Object> rows = new ArrayList<>();
    String end = "none";
    try {
      for (Row row = driver.query.nextAt(now); row != null; row = driver.query.nextAt(now)) {
        rows.add(List.of(row.shard(), new String(row.key(), UTF_8), new String(row.row(), UTF_8)));
      }
    } catch (IllegalStateException e) {
      end = "wait";
    } catch (QueryFailedException e) {
      end = "refused";
    }
    return Map.of("rows", rows, "end", end);
  }
}
